<?php

use Phalanx\Election;

$election = new Election('nightly-report', ttl: 10.0);

$election->run(
    elected: function (int $token): void {
        echo "this one does it (term $token)\n";
    },
    dismissed: function (): void {
        echo "another one may\n";
    },
);

for ($i = 0; $i < 100 && !$election->isLeader(); $i++) {
    usleep(10000);
}
$election->leave();
