<?php

// As the skeleton's, on an address of the test's own and with a process of another protocol.

use app\process\Http;
use app\process\Lines;
use app\process\Monitor;
use support\Log;
use support\Request;

return [
    'webman' => [
        'handler' => Http::class,
        'listen' => 'http://127.0.0.1:' . getenv('PORT'),
        'count' => 2,
        'constructor' => [
            'requestClass' => Request::class,
            'logger' => Log::channel('default'),
            'appPath' => app_path(),
            'publicPath' => public_path(),
        ],
    ],
    'lines' => [
        'handler' => Lines::class,
        'listen' => 'text://127.0.0.1:' . getenv('PORT2'),
        'constructor' => ['greeting' => 'hello'],
    ],
    'monitor' => [
        'handler' => Monitor::class,
        'reloadable' => false,
        'constructor' => [
            'monitorDir' => [app_path(), config_path()],
            'monitorExtensions' => ['php', 'html'],
            'options' => ['enable_file_monitor' => true, 'enable_memory_monitor' => true],
        ],
    ],
];
