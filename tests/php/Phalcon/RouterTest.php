<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use Phalcon\Di\Di;
use Phalcon\Events\Manager;
use Phalcon\Http\Request;
use Phalcon\Mvc\Router;
use Phalcon\Mvc\Router\Route;
use Phalcon\Mvc\Url;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Random\Engine\Mt19937;
use Random\Randomizer;

/** Whatever the index leaves out could not have matched. */
final class RouterTest extends TestCase
{
    private const PARTS = [
        'a', 'b', 'ab', 'a.b', 'é', '{x}', '{y:[0-9]+}', '{z:(a|b)}', '([a-z]+)', 'a?', '[ab]', 'a*b', '{n:a{2}}', ':int',
        '(?:a|b)', '(?i)A', '(?<w>a)\1', '.',
    ];

    private const EXPRESSIONS = [
        '#^/a|/b$#u', '#^/A/b$#iu', '#/a#', '#^/a#', '#^/(a|b)/\1$#u', '#^(/a)?/b(/.*)?$#u', '/^', '#^/a/?b$#u', '#^/a/?$#u',
        '#^/\d/b$#u', '#^/a/{0,1}b(/.*)?$#u', '#^/([ab])/(?i)a$#u', '#^/([ab])/a(*SKIP)x$#u', '#^/\w/\Qa|b\E$#u',
    ];

    private const PATHS = ['a', 'b', 'ab', 'a.b', 'aXb', 'é', '12', 'aa', 'A', '', 'b|a', 'x'];

    protected function setUp(): void
    {
        $_SERVER['REQUEST_METHOD'] = 'GET';
        $_SERVER['HTTP_HOST'] = 'one.example';
    }

    protected function tearDown(): void
    {
        unset($_SERVER['REQUEST_METHOD'], $_SERVER['HTTP_HOST']);
        Di::reset();
    }

    /** @return iterable<string, array{int, int}> */
    public static function tables(): iterable
    {
        foreach ([3, 12, 60, 150] as $size) {
            for ($seed = 1; $seed <= 12; $seed++) {
                yield "$size routes, seed $seed" => [$size, $seed];
            }
        }
    }

    #[DataProvider('tables')]
    public function testTheIndexFindsWhatTryingEachRouteFinds(int $size, int $seed): void
    {
        $random = new Randomizer(new Mt19937($seed));
        $pick = static fn (array $list): mixed => $list[$random->getInt(0, count($list) - 1)];
        $router = $this->router($random->getInt(0, 1) === 1);
        for ($i = 0; $i < $size; $i++) {
            $pattern = match ($random->getInt(0, 9)) {
                0 => $pick(self::EXPRESSIONS),
                1 => '/a/' . $pick(self::PARTS) . '/:params',
                default => '/' . implode('/', array_map(
                    static fn () => $pick(self::PARTS),
                    range(1, $random->getInt(1, 4))
                )),
            };
            $route = $router->add($pattern, ['controller' => "c$i"], $pick([null, null, 'GET', ['POST', 'GET'], 'PUT']));
            if ($random->getInt(0, 7) === 0) {
                $route->setHostname($pick(['one.example', 'two.example', '([a-z]+).example']));
            }
            if ($random->getInt(0, 7) === 0) {
                $route->beforeMatch($pick([static fn (): bool => false, static fn (): bool => true]));
            }
        }
        $paths = ['/', '/a', '/b', '/a/', '//a', "/a\n", "/a/b\n", "/\xff/a"];
        for ($i = 0; $i < 60; $i++) {
            $paths[] = '/' . implode('/', array_map(
                static fn () => $pick(self::PATHS),
                range(1, $random->getInt(1, 4))
            ));
        }
        foreach ($paths as $path) {
            self::assertSame($this->byTryingEach($router, $path), $this->byRouter($router, $path), $path);
        }
    }

    public function testAnExpressionAloneMatchesWhatPcreSays(): void
    {
        foreach (self::EXPRESSIONS as $expression) {
            $router = $this->router(false);
            $router->add($expression, ['controller' => 'c']);
            foreach (['/a', '/b', '/a/b', '/A/b', '/ab', '/a/', '/a/a', '/a/A', '/b/ax', '/x/a|b', '/4/b', "/a\n"] as $path) {
                $expected = $this->byTryingEach($router, $path);
                self::assertSame($expected, $this->byRouter($router, $path), "$expression $path");
            }
        }
    }

    public function testARouteThatIsNotWantedGivesWayToTheNextThatMatches(): void
    {
        $router = $this->router(false);
        foreach (range(0, 99) as $i) {
            $router->add('/{any' . $i . ':[a-z]+}/x', ['controller' => "c$i"])
                ->beforeMatch(static fn (): bool => $i === 37);
        }
        $router->handle('/a/x');
        self::assertSame('c37', $router->getControllerName());
    }

    public function testAHostNameThatIsSetLateCounts(): void
    {
        $router = $this->router(false);
        foreach (range(0, 19) as $i) {
            $last = $router->add('/{any' . $i . '}/x', ['controller' => "c$i"]);
        }
        $router->handle('/a/x');
        self::assertSame('c19', $router->getControllerName());
        $last->setHostname('two.example');
        $router->handle('/a/x');
        self::assertSame('c18', $router->getControllerName());
    }

    public function testADumpHasTheSameRoutes(): void
    {
        $file = tempnam(sys_get_temp_dir(), 'routes');
        $router = $this->router(true);
        $router->addGet('/a/{id:[0-9]+}', 'App\Some::show')->setName('some')->convert('id', 'intval');
        $router->dumpDispatcher($file);
        $loaded = $this->router(false);
        $loaded->loadDispatcher($file);
        unlink($file);
        $loaded->handle('/a/42');
        self::assertSame('App', $loaded->getNamespaceName());
        self::assertSame(['id' => 42], $loaded->getParams());
        self::assertSame('some', $loaded->getMatchedRoute()->getName());
    }

    /** @return array<string, array{string, array<string, mixed>, string}> */
    public static function urls(): array
    {
        return [
            'names' => ['/a/{x}/{y:[0-9]{4}}', ['x' => 'b', 'y' => 2020], '/a/b/2020'],
            'missing value' => ['/a/{x}/{y}', ['x' => 'b'], '/a/b/'],
            'parts' => ['/:controller/:action/end', ['controller' => 'c', 'action' => 'd'], '/c/d/end'],
            'part and slash' => ['/:controller/', ['controller' => 'c'], '/c/'],
            'groups' => ['/a/([0-9]+)/b', ['id' => 7], '/a/7/b'],
            'nothing to replace' => ['/a/b', [], '/a/b'],
        ];
    }

    /** @return array<string, array{string, string, array<string, int>}> */
    public static function patterns(): array
    {
        return [
            'names' => ['/a/{x}/{y:[0-9]{4}}', '/a/([^/]*)/([0-9]{4})', ['x' => 1, 'y' => 2]],
            'group in the expression' => ['/{x:(a|b)}/{y}', '/(a|b)/([^/]*)', ['x' => 1, 'y' => 2]],
            'group beside' => ['/([0-9]+)/{y}.html', '/([0-9]+)/([^/]*)\\.html', ['y' => 2]],
            'no names' => ['/{1x}/{a b}/{:x}/{y}', '/{1x}/{a b}/{:x}/([^/]*)', ['y' => 4]],
            'odd braces' => ['/}{x}', '/}{x}', []],
        ];
    }

    #[DataProvider('patterns')]
    public function testPlaceholdersBecomeGroups(string $pattern, string $expected, array $groups): void
    {
        self::assertSame([$expected, $groups], (new Route('/'))->extractNamedParams($pattern));
    }

    #[DataProvider('urls')]
    public function testUrlsOfRoutes(string $pattern, array $values, string $expected): void
    {
        $router = $this->router(false);
        $paths = str_contains($pattern, ':controller')
            ? ['controller' => 1, 'action' => 2]
            : ['controller' => 'c'] + (str_contains($pattern, '(') ? ['id' => 1] : []);
        $router->add($pattern, $paths)->setName('named');
        $url = new Url($router);
        $url->setBaseUri('/');
        self::assertSame($expected, $url->get(['for' => 'named'] + $values));
    }

    private function router(bool $defaultRoutes): Router
    {
        $di = new Di();
        $di->setShared('request', new Request());
        $router = new Router($defaultRoutes);
        $router->setDI($di);

        return $router;
    }

    private function byRouter(Router $router, string $path): ?string
    {
        // Some of the expressions cannot be compiled, which warns.
        @$router->handle($path);

        return $router->getMatchedRoute()?->getRouteId();
    }

    /** As the documentation has it: each route, the last first. */
    private function byTryingEach(Router $router, string $path): ?string
    {
        /** @var Route $route */
        foreach (array_reverse($router->getRoutes()) as $route) {
            $methods = $route->getHttpMethods();
            if ($methods !== null && !in_array('GET', (array) $methods, true)) {
                continue;
            }
            $host = $route->getHostname();
            if ($host !== null) {
                $expression = $route->getCompiledHostName();
                if ($expression === null ? $host !== 'one.example' : preg_match($expression, 'one.example') !== 1) {
                    continue;
                }
            }
            $pattern = $route->getCompiledPattern();
            if (str_contains($pattern, '^') ? @preg_match($pattern, $path) !== 1 : $pattern !== $path) {
                continue;
            }
            $wanted = $route->getBeforeMatch();
            if ($wanted === null || $wanted()) {
                return $route->getRouteId();
            }
        }

        return null;
    }
}
