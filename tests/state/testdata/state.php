<?php

declare(strict_types=1);

// Two visitors of one worker. /dirty changes all that PHP lets code change, /look tells what a visitor finds, /both changes
// it, waits in its Fiber until the other visitor has looked, and tells what it finds then.

use Phalanx\Http\Sapi;
use Workerman\Connection\TcpConnection;
use Workerman\Coroutine;
use Workerman\Coroutine\Context;
use Workerman\Events\Fiber;
use Workerman\Protocols\Http\Request;
use Workerman\Timer;
use Workerman\Worker;

/** @return array<string, mixed> what a visitor's code can see of state */
function look(): array
{
    $handler = set_error_handler(null);
    restore_error_handler();
    $exceptions = set_exception_handler(null);
    restore_exception_handler();
    ob_start();
    phpinfo(INFO_VARIABLES);
    $shown = (string) ob_get_clean();
    $locale = setlocale(LC_ALL, '0');
    $umask = umask();
    umask($umask);

    return [
        'get' => $_GET, 'post' => $_POST, 'cookie' => $_COOKIE, 'files' => $_FILES, 'request' => $_REQUEST,
        'server' => $_SERVER['DIRT'] ?? null, 'env' => $_ENV['DIRT'] ?? null, 'session' => $_SESSION ?? null,
        'session id' => session_id(), 'session name' => session_name(), 'session status' => session_status(),
        'cookie parameters' => session_get_cookie_params(), 'cache limiter' => session_cache_limiter(),
        'headers' => headers_list(), 'status' => http_response_code(), 'input' => file_get_contents('php://input'),
        'error handler' => $handler === null, 'exception handler' => $exceptions === null,
        'last error' => error_get_last(), 'reporting' => error_reporting(), 'output' => ob_get_level(),
        'precision' => ini_get('precision'), 'memory' => ini_get('memory_limit'), 'agent' => ini_get('user_agent'),
        'time limit' => ini_get('max_execution_time'), 'include path' => get_include_path(), 'gc' => gc_enabled(),
        'assert' => ini_get('assert.exception'), 'worker precision' => ini_get('serialize_precision'),
        'timezone' => date_default_timezone_get(), 'locale' => $locale, 'umask' => $umask, 'folder' => getcwd(),
        'encoding' => mb_internal_encoding(), 'http output' => mb_http_output(),
        'substitute' => mb_substitute_character(),
        'xml errors' => libxml_use_internal_errors(), 'strtok' => @strtok(','),
        'context' => stream_context_get_options(stream_context_get_default()),
        'shown' => str_contains($shown, 'DIRT'), 'Context' => Context::get('dirt'), 'abort' => ignore_user_abort(),
    ];
}

function dirty(): void
{
    foreach (['_GET', '_POST', '_COOKIE', '_FILES', '_REQUEST', '_SERVER', '_ENV'] as $name) {
        $GLOBALS[$name]['DIRT'] = 'dirt';
    }
    session_name('dirtysession');
    session_set_cookie_params(['lifetime' => 77, 'path' => '/dirt']);
    session_cache_limiter('public');
    session_start();
    $_SESSION['dirt'] = 'dirt';
    header('X-Dirt: dirt');
    http_response_code(418);
    setcookie('dirt', 'dirt');
    header_register_callback(static fn () => header('X-Dirt-Later: dirt'));
    register_shutdown_function(static fn () => header('X-Dirt-Last: dirt'));
    output_add_rewrite_var('dirt', 'dirt');
    @trigger_error('dirt');
    set_error_handler(static fn () => true);
    set_exception_handler(static fn () => true);
    error_reporting(E_ERROR);
    ini_set('precision', '3');
    ini_set('serialize_precision', '5');
    ini_set('user_agent', 'dirt');
    ini_set('memory_limit', '333M');
    ini_set('assert.exception', '0');
    set_time_limit(77);
    set_include_path('/dirt');
    ignore_user_abort(false);
    gc_disable();
    date_default_timezone_set('Asia/Tokyo');
    setlocale(LC_ALL, 'C.UTF-8');
    umask(0o077);
    chdir('/tmp');
    mb_internal_encoding('SJIS');
    mb_http_output('EUC-JP');
    mb_substitute_character(0x3013);
    libxml_use_internal_errors(true);
    stream_context_set_default(['http' => ['header' => 'X-Dirt: dirt']]);
    strtok('dirt,dirt,dirt', ',');
    mt_srand(42);
    Context::set('dirt', 'dirt');
    ob_start();
    echo 'dirt';
    ob_end_clean();
}

/** @return array<string, bool> what stays, as in a script that goes on, and whether somebody has made it */
function kept(bool $make): array
{
    static $variable = false;
    if ($make) {
        putenv('KEPT=yes');
        mb_detect_order(['ASCII']);
        mb_regex_encoding('EUC-JP');
        stream_wrapper_register('kept', stdClass::class);
        spl_autoload_register('kept_autoload');
        define('KEPT', true);
        $GLOBALS['kept'] = true;
        $variable = true;
    }

    return [
        'environment' => getenv('KEPT') === 'yes', 'detect order' => mb_detect_order() === ['ASCII'],
        'regex encoding' => mb_regex_encoding() === 'EUC-JP', 'wrapper' => in_array('kept', stream_get_wrappers(), true),
        'autoloader' => in_array('kept_autoload', spl_autoload_functions(), true), 'constant' => defined('KEPT'),
        'global' => isset($GLOBALS['kept']), 'static variable' => $variable,
    ];
}

function kept_autoload(string $class): void
{
}

$worker = new Worker('http://127.0.0.1:' . getenv('PORT1'));
$worker->eventLoop = Fiber::class;
$worker->onWorkerStart = static function () use ($worker): void {
    // The worker's own, which every message begins with.
    ini_set('serialize_precision', '9');
    stream_context_set_default(['http' => ['header' => 'X-Worker: worker']]);
    $sapi = new Sapi($worker);
    $looked = 0;
    $handle = static function (Request $request) use (&$looked): void {
        switch ($request->path()) {
            case '/dirty':
                dirty();
                echo json_encode(look());
                break;
            case '/both':
                $before = $looked;
                dirty();
                $mine = look();
                while ($looked === $before) {
                    Timer::sleep(0.001);
                }
                echo json_encode([$mine, look()]);
                break;
            case '/random':
                echo mt_rand();
                break;
            case '/seeded':
                mt_srand(42);
                echo mt_rand();
                break;
            case '/keep':
            case '/kept':
                echo json_encode(kept($request->path() === '/keep'));
                break;
            case '/statics':
                echo json_encode(statics());
                break;
            default:
                echo json_encode(look());
                $looked++;
        }
    };
    $worker->onMessage = static function (TcpConnection $connection, Request $request) use ($sapi, $handle): void {
        $connection->send($sapi->serve($connection, $request, static fn () => $handle($request)), true);
    };
};

/** @return array<string, string> what the static properties of our classes hold */
function statics(): array
{
    $all = [];
    foreach (get_declared_classes() as $class) {
        if (!preg_match('/^(Workerman|Phalcon|Phalanx)\\\\/', $class)) {
            continue;
        }
        foreach ((new ReflectionClass($class))->getProperties(ReflectionProperty::IS_STATIC) as $property) {
            if ($property->getDeclaringClass()->getName() === $class && $property->isInitialized()) {
                $all[$class . '::$' . $property->getName()] = fingerprint($property->getValue());
            }
        }
    }
    ksort($all);

    return $all;
}

/** What a value is, deep enough to see that something was added. */
function fingerprint(mixed $value, int $depth = 0): string
{
    if (is_array($value)) {
        $parts = [];
        foreach ($depth < 4 ? $value : [] as $key => $inner) {
            $parts[] = (is_string($key) ? $key : '#') . '=' . fingerprint($inner, $depth + 1);
        }

        return '[' . count($value) . ': ' . implode(', ', $parts) . ']';
    }
    if (is_object($value)) {
        return get_class($value);
    }

    return is_scalar($value) || $value === null ? substr(var_export($value, true), 0, 200) : get_debug_type($value);
}

Worker::runAll();
