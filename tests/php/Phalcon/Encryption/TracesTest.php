<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Encryption;

use Closure;
use Phalcon\Encryption\Crypt;
use Phalcon\Encryption\Security;
use Phalcon\Encryption\Security\JWT\Builder;
use Phalcon\Encryption\Security\JWT\Signer\Hmac;
use Phalcon\Encryption\Security\JWT\Signer\None;
use Phalcon\Encryption\Security\JWT\Token\Parser;
use Phalcon\Encryption\Security\JWT\Validator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use ReflectionClass;
use ReflectionMethod;
use Throwable;

/** Logs hold stack traces, with arguments where php.ini says so: no key, password or passphrase is among them. */
final class TracesTest extends TestCase
{
    /** Short enough that a trace would not cut it. */
    private const SECRET = 'S3cret-key';

    private string|false $ignored;

    protected function setUp(): void
    {
        $this->ignored = ini_set('zend.exception_ignore_args', '0');
    }

    protected function tearDown(): void
    {
        ini_set('zend.exception_ignore_args', (string) $this->ignored);
    }

    /** A signer that fails with the secret at hand. */
    private static function failing(): Hmac
    {
        return new class () extends Hmac {
            public function verify(string $source, string $payload, #[\SensitiveParameter] string $passphrase): bool
            {
                throw new \RuntimeException('the signer failed');
            }
        };
    }

    /** @return iterable<string, array{Closure(): mixed}> */
    public static function failures(): iterable
    {
        $token = (new Parser())->parse((new Builder(new Hmac()))->setPassphrase('QcMpZ&b&mo3TPsPk668J6QH8JA$&U&m2')
            ->getToken()->getToken());
        yield 'a weak passphrase' => [static fn () => (new Builder(new Hmac()))->setPassphrase(self::SECRET)];
        yield 'a token is checked' => [static fn () => $token->verify(self::failing(), self::SECRET)];
        yield 'a token is validated' => [
            static fn () => (new Validator($token))->validateSignature(self::failing(), self::SECRET),
        ];
        yield 'decryption' => [static fn () => (new Crypt())->decrypt('no cipher text', self::SECRET)];
        yield 'decryption of base64' => [static fn () => (new Crypt())->decryptBase64('bm8=', self::SECRET)];
        yield 'an algorithm that is not there' => [
            static fn () => (new Security())->computeHmac('data', self::SECRET, 'nosuch'),
        ];
    }

    #[DataProvider('failures')]
    public function testNoSecretIsInATrace(Closure $fails): void
    {
        try {
            $fails();
            self::fail('it does not fail');
        } catch (Throwable $e) {
            self::assertNotInstanceOf(\PHPUnit\Framework\AssertionFailedError::class, $e);
            $own = array_filter($e->getTrace(), static fn (array $f) => str_starts_with($f['class'] ?? '', 'Phalcon\\'));
            self::assertNotEmpty($own);
            self::assertArrayHasKey('args', end($own), 'arguments are recorded');
            self::assertStringContainsString('Object(SensitiveParameterValue)', $e->getTraceAsString());
            self::assertStringNotContainsString(self::SECRET, (string) $e);
        }
    }

    /** Whatever else takes one hides it too. */
    public function testEveryParameterThatIsASecretSaysSo(): void
    {
        $found = 0;
        $classes = [Builder::class, Validator::class, Hmac::class, None::class, Security\JWT\Token\Token::class, Crypt::class,
            Security::class, Security\Passwords::class];
        foreach ($classes as $class) {
            foreach ((new ReflectionClass($class))->getMethods() as $method) {
                foreach ($method->getParameters() as $parameter) {
                    if (preg_match('/^(passphrase|password|key|\w+Key)$/', $parameter->name) !== 1) {
                        continue;
                    }
                    if ($this->namesSomethingPublic($method)) {
                        continue;
                    }
                    $found++;
                    self::assertCount(
                        1,
                        $parameter->getAttributes(\SensitiveParameter::class),
                        "$class::$method->name(\$$parameter->name)"
                    );
                }
            }
        }
        self::assertGreaterThan(15, $found);
    }

    /** A form's token has a key in the session, and that is only its name. */
    private function namesSomethingPublic(ReflectionMethod $method): bool
    {
        return str_contains($method->name, 'Token') && !str_contains($method->class, 'JWT');
    }
}
