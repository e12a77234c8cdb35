<?php

declare(strict_types=1);

namespace Phalanx\Phalcon\Http;

/** Reads headers in which the peer says what it likes (RFC 9110, 12.4 and 12.5). */
final class Negotiation
{
    /**
     * @param string $name key of the values
     * @return list<array<string, float|string>> each with its value, "quality" (1.0 where not said) and parameters
     */
    public static function parse(string $header, string $name): array
    {
        $choices = [];
        foreach (explode(',', $header) as $part) {
            $choice = [];
            foreach (explode(';', $part) as $item) {
                $item = trim($item);
                if ($item === '') {
                    continue;
                }
                $pair = explode('=', $item, 2);
                if (!isset($pair[1])) {
                    $choice[$name] = $item;
                    $choice['quality'] = 1.0;
                } elseif ($pair[0] === 'q') {
                    $choice['quality'] = (float) $pair[1];
                } else {
                    $choice[$pair[0]] = $pair[1];
                }
            }
            if ($choice !== []) {
                $choices[] = $choice;
            }
        }

        return $choices;
    }

    /** The first of those with the highest quality; '' when there are none. */
    public static function best(array $choices, string $name): string
    {
        $best = '';
        $highest = null;
        foreach ($choices as $choice) {
            $quality = (float) ($choice['quality'] ?? 0.0);
            if ($highest === null || $quality > $highest) {
                $highest = $quality;
                $best = $choice[$name] ?? '';
            }
        }

        return (string) $best;
    }
}
