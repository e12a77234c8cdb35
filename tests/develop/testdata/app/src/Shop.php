<?php

declare(strict_types=1);

final class Shop
{
    /** @param array<string, string> $options */
    public function sell(string $what, array $options): never
    {
        try {
            throw new InvalidArgumentException("there is no $what");
        } catch (InvalidArgumentException $e) {
            throw new RuntimeException("cannot sell $what", 0, $e);
        }
    }
}
