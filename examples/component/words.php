<?php

declare(strict_types=1);

use Words\Counter;

$counter = new Counter();
echo $counter->add('To be or not to be'), " words, ", count($counter), " different\n";
foreach ($counter->top(limit: 2) as $word) {
    echo $word->text, ': ', $word->count, "\n";
}

// Slow work: in a coroutine others go on meanwhile.
echo $counter->read(__FILE__, maxBytes: 5), " word in the first line\n";
try {
    $counter->read('/no/such/file');
} catch (InvalidArgumentException $e) {
    echo $e->getMessage(), "\n";
}
