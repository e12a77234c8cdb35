<?php

use Phalanx\Queue;
use Phalanx\Queue\Job;

$mails = new Queue('mails');

// Kept until it is done. A second job with the same id within two minutes is not taken.
$mails->push(['to' => 'ada@example.org', 'text' => 'Hello'], id: 'welcome-7');
$mails->push(['to' => 'ada@example.org', 'text' => 'Hello'], id: 'welcome-7');

// Not before a tenth of a second has passed.
$mails->push(['to' => 'bob@example.org', 'text' => 'Still there?'], delay: 0.1);

$consumer = $mails->consume(function (Job $job) use (&$consumer): void {
    $mail = $job->data();
    if ($job->attempt < 2) {
        throw new RuntimeException('the mail server is busy'); // it comes again
    }
    echo $mail['to'], ' at attempt ', $job->attempt, "\n";
    if ($mail['to'] === 'bob@example.org') {
        $consumer->stop();
    }
}, concurrency: 8, maxAttempts: 5, backoff: [0.01, 0.1, 1.0]);

$consumer->wait(); // in a worker the loop runs anyway
