<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Mvc;

use Phalcon\Di\Di;
use Phalcon\Events\Manager;
use Phalcon\Http\Request;
use Phalcon\Http\Response;
use Phalcon\Mvc\Application;
use Phalcon\Mvc\Application\Exceptions\InvalidModuleDefinition;
use Phalcon\Mvc\Application\Exceptions\ModuleDefinitionPathNotFound;
use Phalcon\Mvc\Dispatcher;
use Phalcon\Mvc\Router;
use Phalcon\Mvc\ViewInterface;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class ApplicationTest extends TestCase
{
    private Di $di;

    protected function setUp(): void
    {
        $_SERVER['REQUEST_METHOD'] = 'GET';
        $this->di = new Di();
        $this->di->setShared('router', static fn () => new Router());
        $this->di->setShared('request', Request::class);
        $this->di->setShared('response', Response::class);
        $this->di->setShared('dispatcher', function (): Dispatcher {
            $dispatcher = new Dispatcher();
            $dispatcher->setDefaultNamespace(__NAMESPACE__);

            return $dispatcher;
        });
    }

    protected function tearDown(): void
    {
        Di::reset();
        unset($_SERVER['REQUEST_METHOD']);
    }

    private function application(): Application
    {
        return (new Application($this->di))->sendHeadersOnHandleRequest(false)->sendCookiesOnHandleRequest(false);
    }

    public function testAnActionWithoutAnswerGetsItsViewRendered(): void
    {
        $view = $this->createMock(ViewInterface::class);
        $order = [];
        foreach (['start', 'render', 'finish'] as $method) {
            $view->method($method)->willReturnCallback(static function () use ($method, &$order, $view) {
                $order[] = $method;

                return $method === 'render' ? $view : null;
            });
        }
        $view->expects($this->once())->method('render')->with('page', 'show');
        $view->method('getContent')->willReturn('<p>shown</p>');
        $this->di->setShared('view', $view);
        $response = $this->application()->handle('/page/show');
        self::assertInstanceOf(Response::class, $response);
        self::assertSame('<p>shown</p>', $response->getContent());
        self::assertSame(['start', 'render', 'finish'], $order);
    }

    /** @return iterable<string, array{string, string}> */
    public static function answers(): iterable
    {
        yield 'a string is the content' => ['/page/text', 'text'];
        yield 'a response is the response' => ['/page/response', 'a response'];
        yield 'false leaves the response as it is' => ['/page/refuse', 'refused'];
        yield 'and null, without a view' => ['/page/show', ''];
    }

    #[DataProvider('answers')]
    public function testAnswersOfActions(string $uri, string $content): void
    {
        $response = $this->application()->useImplicitView(false)->handle($uri);
        self::assertInstanceOf(Response::class, $response);
        self::assertSame($content, (string) $response->getContent());
    }

    public function testMessageAfterMessage(): void
    {
        $app = $this->application()->useImplicitView(false);
        foreach (['Ada', 'Bob'] as $name) {
            $response = $app->handle("/page/greet/$name");
            self::assertInstanceOf(Response::class, $response);
            self::assertSame("hello, $name", $response->getContent());
            try {
                $app->handle('/page/fail');
                self::fail('nothing was thrown');
            } catch (\RuntimeException $e) {
                self::assertSame('fail', $e->getMessage());
            }
        }
    }

    public function testListenersEndAMessage(): void
    {
        foreach (['boot', 'beforeStartModule', 'beforeHandleRequest'] as $event) {
            $app = $this->application()->useImplicitView(false)->registerModules(['m' => static fn () => null]);
            $app->setDefaultModule('m');
            $app->setEventsManager($manager = new Manager());
            $manager->attach("application:$event", static fn () => false);
            self::assertFalse($app->handle('/page/text'), $event);
        }
    }

    /** @return iterable<string, array{mixed, class-string<\Exception>, string}> */
    public static function badModules(): iterable
    {
        yield 'a string' => ['Module', InvalidModuleDefinition::class,
            "Invalid module definition for module 'm': The module definition must be an array or an object"];
        yield 'an object that is no closure' => [new \stdClass(), InvalidModuleDefinition::class,
            "Invalid module definition for module 'm': The module definition object must be a Closure"];
        yield 'a file that is not there' => [['path' => '/nonesuch/Module.php'], ModuleDefinitionPathNotFound::class,
            "Module definition path '/nonesuch/Module.php' does not exist"];
    }

    /** @param class-string<\Exception> $class */
    #[DataProvider('badModules')]
    public function testBadModules(mixed $module, string $class, string $message): void
    {
        $app = $this->application()->useImplicitView(false)->registerModules(['m' => $module])->setDefaultModule('m');
        $this->expectException($class);
        $this->expectExceptionMessage($message);
        $app->handle('/page/text');
    }
}
