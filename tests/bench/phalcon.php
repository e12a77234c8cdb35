<?php

/*
 * Operations of Phalcon's components per second of processor time, as JSON: {"component": {"operation": number}}.
 * With the extension when it is loaded, else with the classes of this tree. The argument: seconds for each operation.
 */

declare(strict_types=1);

use Phalcon\Acl\Adapter\Memory as Acl;
use Phalcon\Cache\AdapterFactory as CacheAdapters;
use Phalcon\Cache\Cache;
use Phalcon\Config\Config;
use Phalcon\Di\Di;
use Phalcon\Di\FactoryDefault;
use Phalcon\Encryption\Crypt;
use Phalcon\Encryption\Security;
use Phalcon\Encryption\Security\JWT\Builder;
use Phalcon\Encryption\Security\JWT\Signer\Hmac;
use Phalcon\Encryption\Security\JWT\Token\Parser;
use Phalcon\Events\Event;
use Phalcon\Events\Manager;
use Phalcon\Filter\FilterFactory;
use Phalcon\Filter\Validation;
use Phalcon\Filter\Validation\Validator;
use Phalcon\Html\Escaper;
use Phalcon\Html\TagFactory;
use Phalcon\Http\Request;
use Phalcon\Http\Response;
use Phalcon\Logger\Adapter\Noop;
use Phalcon\Logger\Logger;
use Phalcon\Messages\Message;
use Phalcon\Messages\Messages;
use Phalcon\Mvc\Controller;
use Phalcon\Mvc\Dispatcher;
use Phalcon\Mvc\Micro;
use Phalcon\Mvc\Router;
use Phalcon\Mvc\Url;
use Phalcon\Storage\Adapter\Memory as Storage;
use Phalcon\Storage\SerializerFactory;
use Phalcon\Support\Collection;
use Phalcon\Support\HelperFactory;
use Phalcon\Support\Registry;

if (!extension_loaded('phalcon')) {
    require __DIR__ . '/../../phpsrc/autoload.php';
}

function processorTime(): float
{
    $u = getrusage();

    return $u['ru_utime.tv_sec'] + $u['ru_stime.tv_sec'] + ($u['ru_utime.tv_usec'] + $u['ru_stime.tv_usec']) / 1e6;
}

/** @param Closure(int): mixed $turns does the operation so many times */
function perSecond(Closure $turns, float $seconds): float
{
    $n = 1;
    do {
        $n *= 2;
        $began = processorTime();
        $turns($n);
        $took = processorTime() - $began;
    } while ($took < $seconds);

    return $n / $took;
}

/** Runs the operation again and again; the loop and the call are in the figure, on both sides. */
function times(Closure $operation): Closure
{
    return static function (int $n) use ($operation): void {
        while ($n-- > 0) {
            $operation();
        }
    };
}

/** Listens to "bench:tick". */
final class Listener
{
    public int $heard = 0;

    public function tick(Event $event): void
    {
        $this->heard++;
    }
}

final class BenchController extends Controller
{
    public function showAction(string $id): string
    {
        return $id;
    }
}

/** A router with so many routes. */
function routerOf(int $routes, Di $container): Router
{
    $router = new Router(false);
    $router->setDI($container);
    for ($i = 0; $i < $routes; $i++) {
        $router->add("/section$i/{id:[0-9]+}", ['controller' => 'bench', 'action' => 'show']);
    }

    return $router;
}

/** @return array<string, array<string, Closure>> */
function operations(): array
{
    $full = new FactoryDefault();
    $few = routerOf(10, $full);
    $many = routerOf(200, $full);
    $dispatcher = new Dispatcher();
    $dispatcher->setDI($full);
    $micro = new Micro(new FactoryDefault());
    $micro->get('/items/{id:[0-9]+}', fn (string $id): int => (int) $id);
    $url = new Url();
    $url->setBaseUri('/');
    $cache = new Cache((new CacheAdapters(new SerializerFactory()))->newInstance('memory'));
    $cache->set('key', ['one' => 1]);
    $sign = static fn (): string => (new Builder(new Hmac('sha512')))->setIssuer('me')->setSubject('you')
        ->setPassphrase('QcMpZ&b&mo3TPsPk668J6QH8JA$&U&m2')->getToken()->getToken();
    $token = $sign();
    $parser = new Parser();

    $text = 'The quick <b>brown</b> fox & "friends" jump over the lazy dog\'s back, ' . 'again and again.';

    $di = new Di();
    // Not static: the extension binds them.
    $di->setShared('shared', fn (): ArrayObject => new ArrayObject());
    $di->set('class', ArrayObject::class);
    $di->set('closure', fn (): ArrayObject => new ArrayObject());
    $di->set('described', ['className' => ArrayObject::class, 'arguments' => [['type' => 'parameter', 'value' => []]]]);

    $silent = new Manager();
    $closure = new Manager();
    $closure->attach('bench:tick', static function (Event $event): void {
    });
    $object = new Manager();
    $object->attach('bench', new Listener());
    $several = new Manager();
    for ($i = 0; $i < 5; $i++) {
        $several->attach('bench:tick', static fn (Event $event): int => $event->isCancelable() ? 1 : 0);
    }

    $filter = (new FilterFactory())->newInstance();
    $ten = array_fill(0, 10, ' text ');
    $di->setShared('filter', fn () => $filter);
    Di::setDefault($di);
    $form = new Validation();
    $form->add(['name', 'email', 'age'], new Validator\PresenceOf());
    $form->add('name', new Validator\StringLength(['min' => 2, 'max' => 50]));
    $form->add('email', new Validator\Email());
    $form->add('age', new Validator\Between(['minimum' => 18, 'maximum' => 99]));
    $form->add('color', new Validator\InclusionIn(['domain' => ['red', 'green', 'blue']]));
    $form->add('zip', new Validator\Regex(['pattern' => '/^\d{4}$/']));
    $right = ['name' => 'Ann', 'email' => 'ann@example.com', 'age' => 30, 'color' => 'red', 'zip' => '3000'];
    $wrong = ['name' => 'A', 'email' => 'ann', 'age' => 3, 'color' => 'pink', 'zip' => '30'];

    $escaper = new Escaper();

    $acl = new Acl();
    $acl->addComponent('posts', ['read', 'write', 'delete']);
    foreach (['guest' => null, 'member' => 'guest', 'editor' => 'member', 'admin' => 'editor'] as $role => $parent) {
        $acl->addRole($role, $parent);
    }
    $acl->allow('guest', 'posts', 'read');
    $stored = serialize($acl);
    $acl->allow('member', 'posts', 'write', static fn ($hour = 0): bool => $hour < 12);

    $settings = ['db' => ['host' => 'h', 'ports' => [1, 2, 3], 'options' => ['a' => 1, 'b' => ['c' => 2]]], 'debug' => true];
    $config = new Config($settings);

    $data = ['one' => 1, 'Two' => 'two', 'three' => [3]];
    $collection = new Collection($data);
    $registry = new Registry($data);
    $helper = new HelperFactory();

    $message = new Message('text', 'field', 'type', 1);

    $tags = new TagFactory($escaper);
    $logger = new Logger('bench', ['main' => new Noop()]);
    $storage = new Storage(new SerializerFactory());
    $storage->set('key', $data);
    $crypt = new Crypt();
    $crypt->setKey('0123456789abcdef0123456789abcdef');
    $sealed = $crypt->encrypt($text);
    $security = new Security();
    $_GET = ['id' => ' 5 ', 'name' => ' Ann '];
    $_SERVER += ['REQUEST_METHOD' => 'GET', 'HTTP_ACCEPT' => 'text/html,application/json;q=0.9', 'HTTP_HOST' => 'a.example'];
    $request = new Request();
    $request->setDI($di);
    $response = new Response();

    $operations = [
        'Di' => [
            'getShared' => static fn () => $di->getShared('shared'),
            'get, shared' => static fn () => $di->get('shared'),
            'get, class' => static fn () => $di->get('class'),
            'get, closure' => static fn () => $di->get('closure'),
            'get, description' => static fn () => $di->get('described'),
            'offsetGet' => static fn () => $di['shared'],
            'has' => static fn () => $di->has('shared'),
            'set' => static fn () => $di->set('other', ArrayObject::class),
            'new FactoryDefault' => static fn () => new FactoryDefault(),
        ],
        'Events' => [
            'fire, nobody listens' => static fn () => $silent->fire('bench:tick', $silent),
            'fire, a closure' => static fn () => $closure->fire('bench:tick', $closure, 1),
            'fire, an object' => static fn () => $object->fire('bench:tick', $object, 1),
            'fire, five closures' => static fn () => $several->fire('bench:tick', $several, 1),
            'hasListeners' => static fn () => $several->hasListeners('bench:tick'),
            'attach' => static fn () => (new Manager())->attach('bench:tick', 'strlen'),
        ],
        'Filter' => [
            'trim' => static fn () => $filter->sanitize(' text ', 'trim'),
            'int' => static fn () => $filter->sanitize('12 apples', 'int'),
            'string' => static fn () => $filter->sanitize($text, 'string'),
            'striptags' => static fn () => $filter->sanitize($text, 'striptags'),
            'email' => static fn () => $filter->sanitize('ann(@)example.com', 'email'),
            'alnum' => static fn () => $filter->sanitize($text, 'alnum'),
            'bool' => static fn () => $filter->sanitize('yes', 'bool'),
            'lower' => static fn () => $filter->sanitize($text, 'lower'),
            'ip' => static fn () => $filter->sanitize('10.0.0.1', 'ip'),
            'three in turn' => static fn () => $filter->sanitize($text, ['trim', 'striptags', 'lower']),
            'an array of ten' => static fn () => $filter->sanitize($ten, 'trim'),
            'by name' => static fn () => $filter->trim(' text '),
            'with parameters' => static fn () => $filter->sanitize($text, ['replace' => ['a', 'b']]),
            'new Filter' => static fn () => (new FilterFactory())->newInstance(),
        ],
        'Validation' => [
            'six fields, right' => static fn () => $form->validate($right),
            'six fields, wrong' => static fn () => $form->validate($wrong),
            'new Validation' => static fn () => (new Validation())->add('a', new Validator\PresenceOf()),
            'new StringLength' => static fn () => new Validator\StringLength(['min' => 1, 'max' => 2]),
        ],
        'Escaper' => [
            'html' => static fn () => $escaper->html($text),
            'html, short' => static fn () => $escaper->html('Ann'),
            'attributes' => static fn () => $escaper->attributes($text),
            'css' => static fn () => $escaper->css($text),
            'js' => static fn () => $escaper->js($text),
            'url' => static fn () => $escaper->url($text),
        ],
        'Acl' => [
            'isAllowed, own rule' => static fn () => $acl->isAllowed('guest', 'posts', 'read'),
            'isAllowed, inherited' => static fn () => $acl->isAllowed('admin', 'posts', 'read'),
            'isAllowed, no rule' => static fn () => $acl->isAllowed('admin', 'posts', 'delete'),
            'isAllowed, function' => static fn () => $acl->isAllowed('member', 'posts', 'write', ['hour' => 1]),
            'allow' => static fn () => $acl->allow('admin', 'posts', 'write'),
            'unserialize' => static fn () => unserialize($stored),
        ],
        'Config' => [
            'property' => static fn () => $config->debug,
            'path' => static fn () => $config->path('db.options.b.c'),
            'get' => static fn () => $config->get('debug'),
            'toArray' => static fn () => $config->toArray(),
            'new Config' => static fn () => new Config($settings),
            'merge' => static fn () => (new Config($settings))->merge(['db' => ['host' => 'i']]),
        ],
        'Support' => [
            'Collection::get' => static fn () => $collection->get('one'),
            'Collection::set' => static fn () => $collection->set('four', 4),
            'Collection, element' => static fn () => $collection['two'],
            'Collection::toArray' => static fn () => $collection->toArray(),
            'new Collection' => static fn () => new Collection($data),
            'Registry::get' => static fn () => $registry->get('one'),
            'camelize' => static fn () => $helper->camelize('some_long-name'),
            'uncamelize' => static fn () => $helper->uncamelize('SomeLongName'),
            'startsWith' => static fn () => $helper->startsWith('SomeLongName', 'some'),
            'friendly' => static fn () => $helper->friendly('This is a Test'),
            'whitelist' => static fn () => $helper->whitelist($data, ['one']),
            'pluck' => static fn () => $helper->pluck([$data, $data], 'one'),
            'encode' => static fn () => $helper->encode($data),
            'random' => static fn () => $helper->random(0, 16),
        ],
        'Messages' => [
            'new Message' => static fn () => new Message('text', 'field', 'type', 1),
            'appendMessage' => static fn () => (new Messages())->appendMessage($message),
            'jsonSerialize' => static fn () => $message->jsonSerialize(),
        ],
        'Html' => [
            'anchor' => static fn () => $tags->a('/x', 'text', ['class' => 'a b']),
            'element' => static fn () => $tags->element('p', $text),
            'inputText' => static fn () => (string) $tags->inputText('name', 'value', ['id' => 'x']),
        ],
        'Http' => [
            'getQuery' => static fn () => $request->getQuery('name'),
            'getQuery, sanitized' => static fn () => $request->getQuery('id', 'int'),
            'getHeader' => static fn () => $request->getHeader('Accept'),
            'getBestAccept' => static fn () => $request->getBestAccept(),
            'isGet' => static fn () => $request->isGet(),
            'new Response' => static fn () => new Response('text', 200),
            'setJsonContent' => static fn () => $response->setJsonContent($data),
            'setHeader' => static fn () => $response->setHeader('X-A', 'b'),
            'setStatusCode' => static fn () => $response->setStatusCode(404),
        ],
        'Storage' => [
            'Memory::get' => static fn () => $storage->get('key'),
            'Memory::set' => static fn () => $storage->set('key', $data),
            'Memory::has' => static fn () => $storage->has('key'),
        ],
        'Encryption' => [
            'encrypt' => static fn () => $crypt->encrypt($text),
            'decrypt' => static fn () => $crypt->decrypt($sealed),
            'computeHmac' => static fn () => $security->computeHmac($text, 'key', 'sha256'),
        ],
        'JWT' => [
            'build and sign' => $sign,
            'parse and verify' => static fn () => $parser->parse($token)
                ->verify(new Hmac('sha512'), 'QcMpZ&b&mo3TPsPk668J6QH8JA$&U&m2'),
        ],
        'Cache' => [
            'get' => static fn () => $cache->get('key'),
            'set' => static fn () => $cache->set('key', ['one' => 1]),
            'has' => static fn () => $cache->has('key'),
        ],
        'Router' => [
            'handle, of 10 the first' => static fn () => $few->handle('/section0/42'), // tried last
            'handle, of 200 the first' => static fn () => $many->handle('/section0/42'), // as well
            'handle, none of 200' => static fn () => $many->handle('/nothing'),
            'add' => static fn () => (new Router(false))->add('/a/{id:[0-9]+}', 'bench::show'),
        ],
        'Url' => [
            'get' => static fn () => $url->get('some/path', ['page' => 2]),
        ],
        'Mvc' => [
            'dispatch' => static function () use ($dispatcher): void {
                $dispatcher->setControllerName('bench');
                $dispatcher->setActionName('show');
                $dispatcher->setParams(['42']);
                $dispatcher->dispatch();
            },
            'Micro::handle' => static fn () => $micro->handle('/items/42'),
        ],
        'Logger' => [
            'info' => static fn () => $logger->info('text'),
        ],
    ];

    return array_map(static fn (array $group): array => array_map(times(...), $group), $operations);
}

// An operation that does not work on one side is no comparison.
set_error_handler(static function (int $level, string $text, string $file, int $line): never {
    throw new ErrorException($text, 0, $level, $file, $line);
});
$seconds = (float) ($argv[1] ?? 0.1);
$figures = [];
foreach (operations() as $component => $group) {
    foreach ($group as $name => $turns) {
        $turns(10);
        $figures[$component][$name] = perSecond($turns, $seconds);
    }
}
echo json_encode($figures, JSON_THROW_ON_ERROR), "\n";
