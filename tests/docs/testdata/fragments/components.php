<?php

$store = new class {
    public function fetch(string $key): string
    {
        return $key;
    }
};
$id = '7';
