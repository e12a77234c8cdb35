<?php

/*
 * Says what a JUnit file tells in the lines of the conformance runner: "ok NAME" or "FAIL NAME" and a reason.
 *
 *   php junit.php FILE LOOP
 */

declare(strict_types=1);

[, $file, $loop] = $argv;
$suite = simplexml_load_file($file);
foreach ($suite->xpath('//testcase') as $case) {
    $class = basename((string)$case['file'], '.php');
    $name = preg_replace('/ with data set (#\d+).*/', ' with $1', (string)$case['name']);
    $reason = $case->error ?: $case->failure;
    printf("%s Coroutine/[%s] %s :: %s\n", $reason ? 'FAIL' : 'ok', $loop, $class, $name);
    if ($reason) {
        echo '#    ', strtr(trim(strtok((string)$reason, '/')), "\n", ' '), "\n";
    }
}
