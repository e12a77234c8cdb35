<?php

/** The application of the tests: a Micro with a container full of state, and what PHP itself offers to a request. */

declare(strict_types=1);

use Phalanx\Phalcon\Server;
use Phalcon\Di\Di;
use Phalcon\Di\FactoryDefault;
use Phalcon\Http\Response;
use Phalcon\Mvc\Micro;
use Workerman\Timer;

final class Basket
{
    public array $items = [];
}

final class Visits
{
    public int $count = 0;
}

$made = 0;
$server = new Server('http://127.0.0.1:' . getenv('PORT'), static function () use (&$made): Micro {
    ++$made;
    $container = new FactoryDefault();
    $container->setShared('basket', Basket::class);
    $container->setShared('visits', static fn (): Visits => new Visits());
    $container->setShared('config', new ArrayObject(['number' => $made]));
    $application = new Micro($container);

    $application->get('/hello/{name}', function (string $name) {
        return $this->response->setJsonContent(['hello' => $name, 'query' => $this->request->getQuery()]);
    });
    $application->get('/add/{item}', function (string $item) {
        $this->basket->items[] = $item;
        $this->response->setHeader('X-Item', $item);
        Timer::sleep((float) $this->request->getQuery('sleep', null, 0));
        $this->visits->count++;
        $default = Di::getDefault();
        return $this->response->setContent(json_encode([
            'items' => $this->basket->items,
            'visits' => $this->visits->count,
            'own' => $default === $this->getDI() && $default->getShared('basket') === $this->basket,
            'uri' => $_SERVER['REQUEST_URI'],
            'header' => $this->response->getHeaders()->get('X-Item'),
        ]));
    });
    $application->get('/made', fn (): string => (string) $this->config['number']);
    $application->get('/session', function (): string {
        session_start();
        $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
        Timer::sleep(0.01);
        return session_id() . ' ' . $_SESSION['n'];
    });
    $application->get('/exit', function (): void {
        header('X-Left: yes');
        register_shutdown_function(static function (): void {
            echo ', shut down';
        });
        echo 'gone';
        exit;
    });
    $application->get('/throw', function (): void {
        header('X-Lost: yes');
        echo 'lost';
        $this->basket->items[] = 'lost';
        throw new LogicException('for the log only');
    });
    $application->get('/warn', function (): string {
        trigger_error('for the log too', E_USER_WARNING);
        return 'fine';
    });
    $application->get('/fatal', function (): void {
        ini_set('memory_limit', '48M');
        str_repeat('x', 100 << 20);
    });
    $application->get('/file', fn () => $this->response->setFileToSend(__DIR__ . '/public/large.txt', 'a.txt'));
    $application->get('/echo', function (): void {
        http_response_code(201);
        setcookie('c', 'v', ['httponly' => true, 'samesite' => 'Lax']);
        echo 'echoed', ob_get_level();
    });
    $application->post('/form', function () {
        $files = [];
        foreach ($this->request->getUploadedFiles() as $file) {
            $files[] = [$file->getKey(), $file->getName(), $file->getSize(), $file->isUploadedFile(),
                $file->moveTo(getenv('TARGET') . '/' . $file->getName())];
        }
        return $this->response->setJsonContent([$this->request->getPost(), $files]);
    });
    $application->put('/raw', fn (): string => $this->request->getRawBody() . json_encode($this->request->getPut()));
    $application->get('/who', fn () => $this->response->setJsonContent([
        $this->request->getClientAddress(), $this->request->getHttpHost(), $this->request->getScheme(), PHP_SAPI,
        array_intersect_key($_SERVER, array_flip(['argv', 'HTTP_PROXY', 'SERVER_PROTOCOL', 'SCRIPT_NAME'])),
    ]));

    return $application;
});
$server->processWide = ['visits'];
$server->publicFolder = __DIR__ . '/public';
$server->debug = (bool) getenv('DEBUG');
Server::runAll();
