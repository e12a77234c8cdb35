<?php

declare(strict_types=1);

/*
 * Accounts, sessions, forms, roles, tokens and uploads as docs/security.md describes them:
 *
 *     phalanx examples/security/start.php start
 *
 * http://127.0.0.1:8080, user "ada", password "correct horse" (an author), or "root", "battery staple" (an
 * administrator).
 * SECRET_FILE names the file with the key that tokens are signed with; without one a key is made for this run.
 */

use Phalanx\Once;
use Phalanx\Sql\Database;
use Shop\Accounts;
use Shop\Application;
use Shop\Notes;
use Shop\Secret;
use Shop\Tokens;
use Workerman\Protocols\Http\Session;
use Workerman\Worker;

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Shop\\')) {
        require __DIR__ . '/src/' . substr($class, 5) . '.php';
    }
});

$data = getenv('DATA') ?: sys_get_temp_dir();

// Behind TLS: Session::$secure = true, and a name that begins with __Host-.
Session::$httpOnly = true;
Session::$sameSite = 'Lax';
Session::$secure = getenv('TLS') === '1';
Session::$name = Session::$secure ? '__Host-sid' : 'sid';

$worker = new Worker('http://' . (getenv('ADDRESS') ?: '127.0.0.1:8080'));
$worker->count = 2;
$worker->onWorkerStart = static function (Worker $worker) use ($data): void {
    $database = new Database("sqlite:$data/security.sqlite");
    $key = Once::value('secret', static fn (): string => base64_encode(random_bytes(64)));
    $secret = new Secret(getenv('SECRET_FILE') ?: null, $key);
    $application = new Application(new Accounts($database), new Notes($database), new Tokens($secret), "$data/uploads");
    $worker->onMessage = $application->answer(...);
};

Once::value('schema', static function () use ($data): bool {
    Accounts::install(new Database("sqlite:$data/security.sqlite"));

    return true;
});

Worker::runAll();
