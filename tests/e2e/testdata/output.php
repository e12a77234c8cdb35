<?php

declare(strict_types=1);

// What is printed above runAll() into a buffer, in a worker, and when its script ends.

use Workerman\Worker;

final class Mourned
{
    public function __destruct()
    {
        echo "destructor seen\n";
    }
}

ob_start();
echo 'buffered above in a ', phalanx_role(), "\n";

$mourned = new Mourned();
$worker = new Worker();
$worker->onWorkerStart = static function (): void {
    echo 'buffers in a worker: ', ob_get_level(), "\n";
    echo 'title: ', json_encode(cli_set_process_title('a title')), ' ', cli_get_process_title(), "\n";
    register_shutdown_function(static fn () => print("shutdown function seen\n"));
};
Worker::runAll();
