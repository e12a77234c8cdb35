<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Encryption;

use Fiber;
use Phalanx\Password;
use Phalcon\Encryption\Crypt;
use Phalcon\Encryption\Security;
use Phalcon\Encryption\Security\JWT\Signer\Hmac;
use Phalcon\Session\ManagerInterface;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

use function Phalanx\async;
use function Phalanx\await;

final class SecurityTest extends TestCase
{
    /** @var list<string> what was compared by hash_equals() */
    public static array $compared = [];

    /** @var array<string, array<string, string>> */
    private array $sessions = [];

    private string $current = '';

    #[DataProvider('kinds')]
    public function testAHashIsOfItsPasswordOnly(int $kind, string $format): void
    {
        $security = (new Security())->setDefaultHash($kind)->setWorkFactor(4);
        $options = ['memory_cost' => 1024, 'time_cost' => 1];
        $hash = $security->hash('Pässword 1', $options);
        self::assertMatchesRegularExpression($format, $hash);
        self::assertTrue($security->checkHash('Pässword 1', $hash));
        self::assertFalse($security->checkHash('Pässword 2', $hash));
        self::assertFalse($security->checkHash('', $hash));
        self::assertFalse($security->checkHash('Pässword 1', ''));
        self::assertFalse($security->checkHash('Pässword 1', $hash, 10));
        self::assertTrue($security->checkHash('Pässword 1', $hash, 11));
        self::assertNotSame($hash, $security->hash('Pässword 1', $options));
    }

    /** @return array<string, array{int, string}> */
    public static function kinds(): array
    {
        return [
            'bcrypt' => [Security::CRYPT_BCRYPT, '/^\$2y\$04\$.{53}$/D'],
            'Argon2i' => [Security::CRYPT_ARGON2I, '/^\$argon2i\$v=19\$m=1024,t=1,p=1\$/'],
            'Argon2id' => [Security::CRYPT_ARGON2ID, '/^\$argon2id\$v=19\$m=1024,t=1,p=1\$/'],
            'MD5' => [Security::CRYPT_MD5, '/^\$1\$/'],
            'SHA-256' => [Security::CRYPT_SHA256, '/^\$5\$/'],
            'SHA-512' => [Security::CRYPT_SHA512, '/^\$6\$/'],
            'Blowfish a' => [Security::CRYPT_BLOWFISH_A, '/^\$2a\$04\$.{53}$/D'],
            'unknown kinds are bcrypt' => [Security::CRYPT_STD_DES, '/^\$2y\$04\$.{53}$/D'],
        ];
    }

    #[DataProvider('kinds')]
    public function testInAFiberHashesAreTheSame(int $kind, string $format): void
    {
        $security = (new Security())->setDefaultHash($kind)->setWorkFactor(4);
        $options = ['memory_cost' => 1024, 'time_cost' => 1];
        $hash = self::inFiber(static fn (): string => $security->hash('secret', $options));
        self::assertMatchesRegularExpression($format, $hash);
        self::assertTrue(password_verify('secret', $hash));
        $hash = $security->hash('secret', $options);
        self::assertTrue(self::inFiber(static fn (): bool => $security->checkHash('secret', $hash)));
        self::assertFalse(self::inFiber(static fn (): bool => $security->checkHash('other', $hash)));
        self::assertSame(
            password_verify("secret\0x", $hash),
            self::inFiber(static fn (): bool => $security->checkHash("secret\0x", $hash))
        );
    }

    public function testWhileAPasswordIsHashedOthersRun(): void
    {
        if (!class_exists(Password::class, false)) {
            self::markTestSkipped('without the engine PHP waits itself');
        }
        $security = (new Security())->setWorkFactor(8);
        $order = [];
        $task = async(static function () use ($security, &$order): bool {
            $hash = $security->hash('secret');
            $order[] = 'hashed';
            $isSame = $security->checkHash('secret', $hash);
            $order[] = 'checked';

            return $isSame;
        });
        $order[] = 'meanwhile';
        self::assertTrue(await($task));
        self::assertSame(['meanwhile', 'hashed', 'checked'], $order);
    }

    public function testATokenIsGoodOnce(): void
    {
        $security = new Security($this->session());
        $this->current = 'ada';
        $key = $security->getTokenKey();
        $token = $security->getToken();
        self::assertSame($token, $security->getToken());

        $next = new Security($this->session()); // the next request
        self::assertFalse($next->checkToken($key, $token . 'x'));
        self::assertFalse($next->checkToken($key, substr($token, 0, -1)));
        self::assertFalse($next->checkToken($key, ''));
        self::assertFalse($next->checkToken('', ''));
        self::assertTrue($next->checkToken($key, $token));
        self::assertFalse($next->checkToken($key, $token));
        self::assertSame([], $this->sessions['ada']);
    }

    public function testWithoutATokenInTheSessionNothingIsGood(): void
    {
        $this->current = 'ada';
        $security = new Security($this->session());
        foreach (['', '0', 'x', null] as $value) {
            self::assertFalse($security->checkToken('key', $value));
        }
        self::assertFalse((new Security())->checkToken('key', 'x'));
    }

    public function testTwoUsersOfOneObjectGetTokensOfTheirOwn(): void
    {
        $security = new Security($this->session());
        $this->current = 'ada';
        $adas = [$security->getTokenKey(), $security->getToken()];
        $this->current = 'bob';
        $bobs = [$security->getTokenKey(), $security->getToken()];
        self::assertNotContains($adas[1], $bobs);
        self::assertNotContains($adas[0], $bobs);
        self::assertFalse($security->checkToken($adas[0], $adas[1]));
        self::assertSame($bobs[1], $this->sessions['bob']['$PHALCON/CSRF$']);
        $this->current = 'ada';
        self::assertNotContains($bobs[1], [$security->getToken(), $security->getRequestToken()]);
        self::assertFalse($security->checkToken($bobs[0], $bobs[1]));
    }

    public function testASessionThatGetsAnotherIdKeepsItsToken(): void
    {
        $security = new Security($this->session());
        $this->current = 'before';
        $token = $security->getToken();
        $this->sessions['after'] = $this->sessions['before'];
        $this->current = 'after';
        self::assertSame($token, $security->getToken());
    }

    /** What is secret is compared by hash_equals(), which takes as long whatever is different. */
    public function testSecretsAreComparedInConstantTime(): void
    {
        $this->current = 'ada';
        $security = new class ($this->session()) extends Security {
            protected static function phpHashEquals(string $knownString, string $userString): bool
            {
                SecurityTest::$compared[] = 'token';

                return hash_equals($knownString, $userString);
            }
        };
        $crypt = new class extends Crypt {
            protected static function phpHashEquals(string $knownString, string $userString): bool
            {
                SecurityTest::$compared[] = 'digest';

                return hash_equals($knownString, $userString);
            }
        };
        $signer = new class extends Hmac {
            protected static function phpHashEquals(string $knownString, string $userString): bool
            {
                SecurityTest::$compared[] = 'signature';

                return hash_equals($knownString, $userString);
            }
        };
        self::$compared = [];
        $security->getToken();
        $security->checkToken('key', 'wrong');
        $crypt->setKey('key')->decrypt($crypt->encrypt('text'));
        $signer->verify('wrong', 'payload', 'key');
        self::assertSame(['token', 'digest', 'signature'], self::$compared);
    }

    public function testAnUnknownHashIsAnException(): void
    {
        $this->expectException(Security\Exceptions\UnknownHashAlgorithm::class);
        (new Security())->computeHmac('data', 'key', 'crc32');
    }

    private static function inFiber(callable $callback): mixed
    {
        if (class_exists(Password::class, false)) {
            return await(async($callback));
        }
        $fiber = new Fiber($callback);
        $fiber->start();

        return $fiber->getReturn();
    }

    private function session(): ManagerInterface
    {
        $session = $this->createStub(ManagerInterface::class);
        $session->method('getId')->willReturnCallback(fn (): string => $this->current);
        $session->method('get')->willReturnCallback(
            fn (string $name): ?string => $this->sessions[$this->current][$name] ?? null
        );
        $session->method('set')->willReturnCallback(function (string $name, mixed $value): void {
            $this->sessions[$this->current][$name] = $value;
        });
        $session->method('remove')->willReturnCallback(function (string $name): void {
            unset($this->sessions[$this->current][$name]);
        });

        return $session;
    }
}
