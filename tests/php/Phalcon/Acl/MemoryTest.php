<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Acl;

use Phalcon\Acl\Adapter\Memory;
use Phalcon\Acl\Component;
use Phalcon\Acl\Enum;
use Phalcon\Acl\Exception;
use Phalcon\Acl\Exceptions\AccessRuleNotFound;
use Phalcon\Acl\Exceptions\CircularInheritanceError;
use Phalcon\Acl\Exceptions\ElementNotFound;
use Phalcon\Acl\Exceptions\ForbiddenWildcard;
use Phalcon\Acl\Exceptions\InvalidRoleImplementation;
use Phalcon\Acl\Exceptions\InvalidRoleType;
use Phalcon\Acl\Exceptions\MissingFunctionParameters;
use Phalcon\Acl\Exceptions\ParameterTypeMismatch;
use Phalcon\Acl\Role;
use Phalcon\Events\Event;
use Phalcon\Events\Manager;
use PHPUnit\Framework\TestCase;

final class MemoryTest extends TestCase
{
    private Memory $acl;

    protected function setUp(): void
    {
        $this->acl = new Memory();
        $this->acl->addComponent('posts', ['read', 'write', 'delete']);
        $this->acl->addComponent(new Component('users', 'those who log in'), 'read');
        $this->acl->addRole('guest');
        $this->acl->addRole('member', 'guest');
        $this->acl->addRole(new Role('editor'), ['member']);
        $this->acl->allow('guest', 'posts', 'read');
        $this->acl->allow('member', 'posts', ['write']);
    }

    public function testNothingIsAllowedThatNoRuleAllows(): void
    {
        $acl = $this->acl;
        self::assertTrue($acl->isAllowed('guest', 'posts', 'read'));
        foreach (['', 'READ', 'read ', "read\0", 'read!', '*', 'write', 'posts!read'] as $access) {
            self::assertFalse($acl->isAllowed('guest', 'posts', $access), $access);
        }
        foreach (['', '*', 'post', 'posts!', 'guest!posts', 'users'] as $component) {
            self::assertFalse($acl->isAllowed('guest', $component, 'read'), $component);
        }
        foreach (['', '*', 'Guest', 'nobody', '0'] as $role) {
            self::assertFalse($acl->isAllowed($role, 'posts', 'read'), $role);
        }
        self::assertFalse((new Memory())->isAllowed('guest', 'posts', 'read'));
    }

    public function testTheNearestRuleCounts(): void
    {
        $acl = $this->acl;
        self::assertTrue($acl->isAllowed('editor', 'posts', 'write'));
        self::assertSame('member!posts!write', $acl->getActiveKey());
        $acl->deny('editor', 'posts', 'write');
        self::assertFalse($acl->isAllowed('editor', 'posts', 'write'));
        self::assertTrue($acl->isAllowed('member', 'posts', 'write'));
        $acl->allow('editor', '*', '*');
        self::assertFalse($acl->isAllowed('editor', 'posts', 'write'), 'the rule for the access is the nearer one');
        self::assertTrue($acl->isAllowed('editor', 'users', 'read'));
        self::assertTrue($acl->isAllowed('editor', 'what is not there', 'read'));
        $acl->deny('editor', 'posts', '*');
        self::assertFalse($acl->isAllowed('editor', 'posts', 'delete'));
    }

    public function testADenialHoldsWhenAllElseIsAllowed(): void
    {
        $this->acl->setDefaultAction(Enum::ALLOW);
        $this->acl->deny('*', 'users', 'read');
        foreach (['guest', 'member', 'editor'] as $role) {
            self::assertFalse($this->acl->isAllowed($role, 'users', 'read'));
            self::assertTrue($this->acl->isAllowed($role, 'posts', 'delete'));
        }
        self::assertTrue($this->acl->isAllowed('nobody', 'users', 'read'), 'no role, no rule');
    }

    public function testAFunctionDecidesOnTheObjectsItself(): void
    {
        $isOwn = static fn (Owner $user, Post $post): bool => $user->id === $post->owner;
        $this->acl->allow('member', 'posts', 'delete', $isOwn);
        self::assertTrue($this->acl->isAllowed(new Owner(1, 'member'), new Post(1), 'delete'));
        self::assertFalse($this->acl->isAllowed(new Owner(1, 'member'), new Post(2), 'delete'));
        self::assertFalse($this->acl->isAllowed(new Owner(1, 'guest'), new Post(1), 'delete'));
        self::assertSame(0, $this->acl->getActiveFunctionCustomArgumentsCount());
        $this->acl->deny('editor', 'posts', 'delete', static fn (): bool => true);
        self::assertFalse($this->acl->isAllowed(new Owner(1, 'editor'), new Post(1), 'delete'));
    }

    public function testParametersOfAFunctionGoByName(): void
    {
        $function = static fn (int $hour, string $day = 'Monday', ?Post $post = null): bool
            => $hour < 12 && $day === 'Monday' && $post === null;
        $this->acl->allow('guest', 'posts', 'write', $function);
        $ask = fn (array $parameters): bool => $this->acl->isAllowed('guest', 'posts', 'write', $parameters);
        self::assertTrue($ask(['hour' => '9']));
        self::assertTrue($ask(['day' => 'Monday', 'hour' => 9]));
        self::assertFalse($ask(['day' => 'Sunday', 'hour' => 9]));
        self::assertFalse($ask(['hour' => 13]));
        self::assertFalse($ask(['hour' => 9, 'post' => new Post(1)]));
        self::assertSame(3, $this->acl->getActiveFunctionCustomArgumentsCount());
        try {
            $ask(['hour' => 9, 'post' => new Owner(1, 'guest')]);
            self::fail('an object of another class was taken');
        } catch (ParameterTypeMismatch $e) {
            self::assertStringContainsString('if guest can write posts. Class passed: ' . Owner::class, $e->getMessage());
        }
        // A value for an optional parameter is none for the one before it, which has to be there.
        $this->expectException(MissingFunctionParameters::class);
        $ask(['day' => 'Monday']);
    }

    public function testWithoutParametersTheDefaultForThemApplies(): void
    {
        $this->acl->allow('guest', 'posts', 'write', static fn (int $hour): bool => true);
        $notices = [];
        set_error_handler(static function (int $level, string $message) use (&$notices): bool {
            $notices[] = $level;

            return true;
        });
        try {
            self::assertFalse($this->acl->isAllowed('guest', 'posts', 'write'));
            $this->acl->setNoArgumentsDefaultAction(Enum::ALLOW);
            self::assertTrue($this->acl->isAllowed('guest', 'posts', 'write', null));
            $this->acl->deny('guest', 'posts', 'write', static fn (int $hour): bool => true);
            self::assertFalse($this->acl->isAllowed('guest', 'posts', 'write'));
            self::assertFalse($this->acl->isAllowed('guest', 'posts', 'write', ['hour' => 1, 'minute' => 2]));
        } finally {
            restore_error_handler();
        }
        self::assertSame([E_USER_NOTICE, E_USER_NOTICE, E_USER_NOTICE, E_USER_WARNING], $notices);
    }

    public function testAnyCallableIsAFunction(): void
    {
        $callables = ['is_array', [$this, 'says'], $this->says(...), new class {
            public function __invoke(array $value): bool
            {
                return $value === [1];
            }
        }];
        foreach ($callables as $callable) {
            $this->acl->allow('guest', 'posts', 'write', $callable);
            self::assertTrue($this->acl->isAllowed('guest', 'posts', 'write', ['value' => [1]]));
        }
    }

    public function says(array $value): bool
    {
        return $value === [1];
    }

    public function testInheritanceHasNoCircles(): void
    {
        $this->acl->addRole('owner', 'editor');
        foreach (['owner', 'editor', 'member'] as $role) {
            try {
                $this->acl->addInherit('guest', $role);
                self::fail("guest inherits from $role");
            } catch (CircularInheritanceError $e) {
                self::assertSame("Role '$role' (to inherit) produces an infinite loop", $e->getMessage());
            }
        }
        self::assertFalse($this->acl->addInherit('guest', 'guest'));
        self::assertSame(['editor'], $this->acl->getInheritedRoles('owner'));
    }

    /** A list that was tampered with in a store ends too. */
    public function testACircleThatIsThereAllTheSameEnds(): void
    {
        $acl = new class extends Memory {
            protected $roleInherits = ['a' => ['b'], 'b' => ['a', 'b']];
        };
        $acl->addRole('a');
        $acl->addRole('b');
        self::assertFalse($acl->isAllowed('a', 'posts', 'read'));
    }

    public function testDiamondsAreAskedInTheOrderOfInheritance(): void
    {
        $acl = $this->acl;
        $acl->addRole('writer');
        $acl->addRole('reader');
        $acl->addRole('both', ['writer', 'reader', 'editor']);
        $acl->allow('writer', 'users', 'read');
        $acl->deny('reader', 'users', 'read');
        self::assertTrue($acl->isAllowed('both', 'users', 'read'));
        self::assertSame('writer!users!read', $acl->getActiveKey());
        self::assertTrue($acl->isAllowed('both', 'posts', 'read'), 'by editor, member and guest');
    }

    public function testListenersMayDenyAndHearTheAnswer(): void
    {
        $manager = new Manager();
        $heard = [];
        $manager->attach('acl:afterCheckAccess', static function (Event $event) use (&$heard): void {
            $heard = $event->getData();
        });
        $this->acl->setEventsManager($manager);
        self::assertTrue($this->acl->isAllowed('guest', 'posts', 'read'));
        $expected = ['role' => 'guest', 'component' => 'posts', 'access' => 'read', 'granted' => Enum::ALLOW];
        self::assertSame($expected, $heard);
        $manager->attach('acl:beforeCheckAccess', static fn (): bool => false);
        self::assertFalse($this->acl->isAllowed('guest', 'posts', 'read'));
    }

    /** Applications keep it in a cache. */
    public function testItSurvivesSerialization(): void
    {
        $this->acl->isAllowed('editor', 'posts', 'write');
        $classes = ['allowed_classes' => [Memory::class, Role::class, Component::class]];
        $copy = unserialize(serialize($this->acl), $classes);
        self::assertEquals($this->acl, $copy);
        foreach (['guest', 'member', 'editor', 'nobody'] as $role) {
            foreach (['read', 'write', 'delete'] as $access) {
                $expected = $this->acl->isAllowed($role, 'posts', $access);
                self::assertSame($expected, $copy->isAllowed($role, 'posts', $access));
            }
        }
        self::assertSame('those who log in', $copy->getComponents()['users']->getDescription());
    }

    /** What the extension has written in another process is read, and the other way round: the bytes are the same. */
    public function testItIsSerializedAsByTheExtension(): void
    {
        $acl = new Memory();
        $acl->addComponent('posts', ['read', 'write', 'del']);
        $acl->addComponent(new Component('users', 'd'), 'read');
        $acl->addRole('guest');
        $acl->addRole('member', 'guest');
        $acl->addRole(new Role('editor', 'desc'), ['member']);
        $acl->addRole('lone');
        $acl->allow('guest', 'posts', 'read');
        $acl->allow('member', 'posts', ['write']);
        $acl->deny('editor', 'posts', 'read');
        $acl->allow('lone', '*', '*');
        $acl->allow('lone', 'users', '*');
        $written = file_get_contents(__DIR__ . '/memory.serialized');
        self::assertSame($written, serialize($acl));
        self::assertTrue(unserialize($written)->isAllowed('editor', 'posts', 'write'));
        self::assertFalse(unserialize($written)->isAllowed('editor', 'posts', 'read'));
    }

    public function testNamesThatAreNumbers(): void
    {
        $acl = new Memory();
        $acl->addComponent('1', ['2']);
        $acl->addRole('3');
        $acl->allow('*', '1', '2');
        self::assertTrue($acl->isAllowed('3', '1', '2'));
        self::assertTrue($acl->isAllowed(3, 1, '2'));
    }

    public function testMistakesOfTheApplication(): void
    {
        $acl = $this->acl;
        $mistakes = [
            [AccessRuleNotFound::class, static fn () => $acl->allow('guest', 'posts', 'burn')],
            [AccessRuleNotFound::class, static fn () => $acl->allow('guest', 'posts', ['read', '*'])],
            [ElementNotFound::class, static fn () => $acl->allow('nobody', 'posts', 'read')],
            [ElementNotFound::class, static fn () => $acl->deny('guest', 'pages', 'read')],
            [ForbiddenWildcard::class, static fn () => $acl->addRole('*')],
            [ForbiddenWildcard::class, static fn () => $acl->addComponent('*', 'read')],
            [InvalidRoleType::class, static fn () => $acl->addRole(5)],
            [InvalidRoleImplementation::class, static fn () => $acl->isAllowed(new Post(1), 'posts', 'read')],
        ];
        foreach ($mistakes as [$exception, $mistake]) {
            try {
                $mistake();
                self::fail("$exception is not thrown");
            } catch (Exception $thrown) {
                self::assertSame($exception, $thrown::class);
            }
        }
        self::assertFalse($acl->isAllowed('guest', 'posts', 'write'));
    }
}
