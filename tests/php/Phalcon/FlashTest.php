<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon;

use Phalanx\Tests\Phalcon\Html\Corpus;
use Phalanx\Tests\Phalcon\Html\Page;
use Phalcon\Di\FactoryDefault;
use Phalcon\Flash\Direct;
use Phalcon\Flash\Session;
use Phalcon\Html\Escaper;
use Phalcon\Session\ManagerInterface;
use PHPUnit\Framework\TestCase;

/** Messages for the user are text, whatever they hold, and are shown once. */
final class FlashTest extends TestCase
{
    public function testAHostileMessageIsOneElement(): void
    {
        foreach ([...Corpus::attacks(), '%message%', '%cssClass%', '%divString%'] as $text) {
            $flash = (new Direct(new Escaper()))->setImplicitFlush(false)->setCssIconClasses(['error' => 'icon']);
            $page = new Page((string) $flash->error($text));
            self::assertSame('div[class] i[class]', $page->shape(), bin2hex($text));
            self::assertSame('errorMessage', $page->attribute('div', 'class'));
            $page = new Page((string) $flash->setCustomTemplate('<p id="%cssClass%">%message%</p>')->notice($text));
            self::assertSame('p[id]', $page->shape(), bin2hex($text));
        }
    }

    public function testWhatTheSessionKeepsIsShownOnceAndEscapedThen(): void
    {
        $kept = [];
        $session = $this->createStub(ManagerInterface::class);
        $session->method('get')->willReturnCallback(static function (string $name) use (&$kept): mixed {
            return $kept[$name] ?? null;
        });
        $session->method('set')->willReturnCallback(static function (string $name, mixed $value) use (&$kept): void {
            $kept[$name] = $value;
        });
        $session->method('remove')->willReturnCallback(static function (string $name) use (&$kept): void {
            unset($kept[$name]);
        });
        $flash = new Session(new Escaper(), $session);
        $flash->warning('<b>one</b>');
        $flash->error('two');
        self::assertTrue($flash->has('warning'));
        self::assertSame(['two'], (new Session(new Escaper(), $session))->getMessages('error'));
        $this->expectOutputString('<div class="warningMessage">&lt;b&gt;one&lt;/b&gt;</div>' . PHP_EOL);
        $flash->output();
        $flash->output();
        self::assertSame([], $kept);
    }

    public function testTheContainerHasTheServices(): void
    {
        $container = new FactoryDefault();
        self::assertInstanceOf(Escaper::class, $container->get('escaper'));
        $flash = $container->get('flash');
        self::assertInstanceOf(Direct::class, $flash);
        self::assertSame('<div class="noticeMessage">&lt;</div>' . PHP_EOL, $flash->setImplicitFlush(false)->notice('<'));
        self::assertSame('<a href="/">&lt;</a>', $container->get('tag')->a('/', '<'));
        self::assertSame('x', $container->get('crypt')->setKey('k')->decrypt($container->get('crypt')->encrypt('x')));
        self::assertTrue($container->get('security')->checkHash('x', $container->get('security')->hash('x')));
    }
}
