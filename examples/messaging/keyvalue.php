<?php

use Phalanx\KeyValue;
use Phalanx\Messaging\ConflictException;

$settings = new KeyValue('settings', history: 10);

$settings->put('theme', ['name' => 'dark', 'contrast' => 1.5]);
echo $settings->get('theme')['name'], "\n";

// Only if nobody has changed it since.
$entry = $settings->entry('theme');
$settings->update('theme', ['name' => 'light'], $entry->revision);
try {
    $settings->update('theme', ['name' => 'blue'], $entry->revision);
} catch (ConflictException) {
    echo "somebody was quicker\n";
}

// The same, again and again until it fits.
$settings->change('visits', fn (?int $visits): int => $visits + 1);

foreach ($settings->changes(keys: 'visits') as $entry) { // what there is, then what comes
    echo "{$entry->key} is {$entry->value}\n";
    break;
}
