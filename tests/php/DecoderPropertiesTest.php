<?php

declare(strict_types=1);

namespace Phalanx\Tests;

use Phalcon\Encryption\Security\JWT\Builder;
use Phalcon\Encryption\Security\JWT\Exceptions\InvalidClaims;
use Phalcon\Encryption\Security\JWT\Exceptions\InvalidHeader;
use Phalcon\Encryption\Security\JWT\Exceptions\MalformedJwtString;
use Phalcon\Encryption\Security\JWT\Exceptions\MissingJwtTypHeader;
use Phalcon\Encryption\Security\JWT\Signer\Hmac;
use Phalcon\Encryption\Security\JWT\Token\Parser;
use Phalcon\Http\Request as PhalconRequest;
use Phalcon\Support\Helper\Json\Exceptions\JsonDecodeError;
use Phalcon\Support\Helper\Str\Camelize;
use Phalcon\Support\Helper\Str\Uncamelize;
use PHPUnit\Framework\Attributes\BackupGlobals;
use PHPUnit\Framework\TestCase;
use Random\Engine\Mt19937;
use Random\Randomizer;
use Throwable;
use Workerman\Protocols\Http\Request;

/**
 * What is written by the rules is read as it was meant, and what is not is never read as something else. The cases are
 * random; a failure names its seed, and DECODER_SEED=n runs that one alone.
 */
final class DecoderPropertiesTest extends TestCase
{
    private const TOKEN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_';

    private const KEY = 'QcMpZ&b&mo3TPsPk668J6QH8JA$&U&m2';

    private Randomizer $random;

    public function testCookiesAreTheirNamesAndValues(): void
    {
        $this->cases(100, function (): void {
            $cookies = [];
            for ($n = $this->random->getInt(0, 8); $n > 0; $n--) {
                $cookies[$this->token()] = trim(str_replace([';', "\r", "\n", "\0"], '', $this->bytes(20)));
            }
            $pairs = array_map(static fn ($name, $value) => "$name=$value", array_keys($cookies), $cookies);
            $request = new Request("GET / HTTP/1.1\r\nCookie: " . implode('; ', $pairs) . "\r\n\r\n");

            self::assertSame($cookies, $request->cookie());
        });
    }

    public function testAnyCookieHeaderGivesPartsOfItself(): void
    {
        $this->cases(100, function (): void {
            $header = trim(str_replace(["\r", "\n"], '', $this->text('a=; "%,' . "\t\0\xff", 40)), " \t");
            $request = new Request("GET / HTTP/1.1\r\nCookie: $header\r\n\r\n");
            $pairs = count(array_filter(explode(';', $header), static fn ($pair) => str_contains($pair, '=')));
            self::assertLessThanOrEqual($pairs, count($request->cookie()));
            self::assertSame($pairs > 0, $request->cookie() !== []);
            foreach ($request->cookie() as $name => $value) {
                self::assertStringContainsString("$name", $header);
                self::assertStringContainsString("=$value", $header);
                self::assertStringNotContainsString(';', $name . $value);
                self::assertStringNotContainsString('=', (string) $name);
            }
        });
    }

    public function testHeadersAreTheirNamesAndValues(): void
    {
        $this->cases(100, function (): void {
            $head = "GET / HTTP/1.1\r\n";
            $want = [];
            for ($n = $this->random->getInt(0, 10); $n > 0; $n--) {
                $name = $this->text('aAbB-', 2) . 'x';
                $value = trim(str_replace(["\r", "\n"], '', $this->bytes(20)), " \t");
                $head .= "$name:" . $this->text(" \t", 2) . $value . $this->text(" \t", 2) . "\r\n";
                $key = strtolower($name);
                $want[$key] = isset($want[$key]) ? "$want[$key],$value" : $value;
            }

            self::assertSame($want, (new Request("$head\r\n"))->header());
            $request = new Request("$head\r\n");
            foreach ($want as $name => $value) {
                self::assertSame($value, $request->header(strtoupper($name)));
            }
        });
    }

    public function testQueriesAndFormsAreTheValuesThatWereWritten(): void
    {
        $this->cases(80, function (): void {
            $values = $this->tree(3);
            $text = http_build_query($values);
            $length = strlen($text);
            $query = new Request("GET /a?$text HTTP/1.1\r\n\r\n");
            $form = new Request("POST /a HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                . "Content-Length: $length\r\n\r\n$text");
            $json = new Request("POST /a HTTP/1.1\r\nContent-Type: application/json\r\n\r\n"
                . json_encode(['n' => bin2hex($text), 'list' => [1, 2.5, null, true]]));

            self::assertSame($values, $query->get());
            self::assertSame([], $query->post());
            self::assertSame($values, $form->post());
            self::assertSame([], $form->get());
            self::assertSame(['n' => bin2hex($text), 'list' => [1, 2.5, null, true]], $json->post());
        });
    }

    /** And of a form that breaks off, what is read was written. */
    public function testMultipartFormsAreTheirFieldsAndFiles(): void
    {
        $this->cases(40, function (): void {
            $boundary = $this->token() . 'Zz';
            $body = '';
            $fields = $files = [];
            for ($n = $this->random->getInt(1, 6); $n > 0; $n--) {
                $name = "f$n" . $this->text('abcé', 3);
                $content = $this->text("ab-\r\n\0\xff=:\"", 60);
                $disposition = "Content-Disposition: form-data; name=\"$name\"";
                if ($this->random->getInt(0, 1) === 0) {
                    $fields[$name] = $content;
                    $body .= "--$boundary\r\n$disposition\r\n\r\n$content\r\n";
                } else {
                    $file = $this->text('abc. ;=', 8) . '.txt';
                    $files[$name] = [$file, 'text/plain', $content];
                    $body .= "--$boundary\r\n$disposition; filename=\"$file\"\r\n"
                        . "Content-Type: text/plain\r\n\r\n$content\r\n";
                }
            }
            $body .= "--$boundary--\r\n";
            self::assertSame([$fields, $files], self::parts($boundary, $body));

            [$some, $someFiles] = self::parts($boundary, substr($body, 0, $this->random->getInt(0, strlen($body))));
            self::assertSame($some, array_intersect_key($fields, $some));
            self::assertSame($someFiles, array_intersect_key($files, $someFiles));
        });
    }

    public function testUncamelizeUndoesCamelize(): void
    {
        $this->cases(100, function (): void {
            $words = [];
            for ($n = $this->random->getInt(1, 5); $n > 0; $n--) {
                $words[] = 'b' . $this->text('abcxyz019', 5);
            }
            $snake = implode('_', $words);
            self::assertSame($snake, (new Uncamelize())((new Camelize())($snake)));
            self::assertSame($snake, (new Uncamelize())((new Camelize())(implode('-', $words))));
            self::assertSame(implode('$1', $words), (new Uncamelize())((new Camelize())($snake), '$1'));

            $any = str_replace('_', '', $this->bytes(30));
            self::assertSame(strtolower($any), str_replace('_', '', (new Uncamelize())($any)));
        });
    }

    public function testATokenHoldsItsClaimsAndNothingElseVerifies(): void
    {
        $this->cases(40, function (): void {
            $signer = new Hmac('sha256');
            $builder = (new Builder($signer))->setPassphrase(self::KEY)->setIssuer($this->token());
            $claims = [
                'number' => $this->random->getInt(PHP_INT_MIN, PHP_INT_MAX),
                'text' => "é\u{1F600}" . $this->token(),
                'list' => [1, null, ['deep' => true]],
            ];
            foreach ($claims as $name => $value) {
                $builder->addClaim($name, $value);
            }
            $text = $builder->getToken()->getToken();
            $token = (new Parser())->parse($text);
            self::assertTrue($token->verify($signer, self::KEY));
            self::assertFalse($token->verify($signer, self::KEY . 'x'));
            foreach ($claims as $name => $value) {
                self::assertSame($value, $token->getClaims()->get($name));
            }
            for ($n = 0; $n < 20; $n++) {
                $changed = $text;
                $at = $this->random->getInt(0, strlen($text) - 1);
                $changed[$at] = $this->text(self::TOKEN . ".=\0\xff", 1, 1);
                if ($changed === $text) {
                    continue;
                }
                try {
                    $read = (new Parser())->parse($changed);
                } catch (InvalidClaims | InvalidHeader | JsonDecodeError | MalformedJwtString | MissingJwtTypHeader) {
                    continue;
                }
                // The last letter of a signature has bits that say nothing.
                $same = $read->getPayload() === $token->getPayload()
                    && $read->getSignature()->getHash() === $token->getSignature()->getHash();
                self::assertSame($same, $read->verify($signer, self::KEY), $changed);
            }
        });
    }

    #[BackupGlobals(true)]
    public function testWhatAClientAcceptsKeepsItsOrderAndWeights(): void
    {
        $this->cases(100, function (): void {
            $want = $parts = [];
            for ($n = $this->random->getInt(1, 6); $n > 0; $n--) {
                $type = strtolower($this->token()) . '/' . strtolower($this->token());
                $quality = $this->random->getInt(0, 1000) / 1000;
                $given = $this->random->getInt(0, 2) > 0;
                $parts[] = $type . ($given ? $this->text(' ', 1) . ';' . $this->text(' ', 1) . "q=$quality" : '');
                $want[] = [$type, $given ? $quality : 1.0];
            }
            $_SERVER['HTTP_ACCEPT'] = implode(',' . $this->text(' ', 1), $parts);
            $request = new PhalconRequest();
            $read = array_map(static fn ($p) => [$p['accept'], $p['quality']], $request->getAcceptableContent());
            self::assertEquals($want, $read, $_SERVER['HTTP_ACCEPT']);

            $best = max(array_column($want, 1));
            $first = array_search($best, array_column($want, 1), true);
            self::assertSame($want[$first][0], $request->getBestAccept());
        });
    }

    private function cases(int $count, callable $case): void
    {
        $only = getenv('DECODER_SEED');
        $first = $only === false ? random_int(0, 1 << 30) : (int) $only;
        for ($seed = $first; $seed < $first + ($only === false ? $count : 1); $seed++) {
            $this->random = new Randomizer(new Mt19937($seed));
            try {
                $case();
            } catch (Throwable $e) {
                self::fail("DECODER_SEED=$seed: " . $e->getMessage() . "\n" . $e->getTraceAsString());
            }
        }
    }

    /** @return array{array<string, string>, array<string, array{string, string, string}>} fields, and files with content */
    private static function parts(string $boundary, string $body): array
    {
        $request = new Request("POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=$boundary\r\n\r\n$body");
        $files = [];
        foreach ($request->file() as $name => $file) {
            $content = (string) file_get_contents($file['tmp_name']);
            self::assertSame([strlen($content), UPLOAD_ERR_OK], [$file['size'], $file['error']]);
            $files[$name] = [$file['name'], $file['type'], $content];
        }

        return [$request->post(), $files];
    }

    /** @return array<array-key, mixed> texts, and such arrays, none of them empty */
    private function tree(int $depth): array
    {
        $tree = [];
        for ($n = $this->random->getInt(1, 4); $n > 0; $n--) {
            $deeper = $depth > 1 && $this->random->getInt(0, 2) === 0;
            $tree[$this->token()] = $deeper ? $this->tree($depth - 1) : $this->bytes(10);
        }

        return $tree;
    }

    private function token(): string
    {
        return $this->text(self::TOKEN, 8, 1);
    }

    private function bytes(int $most): string
    {
        $length = $this->random->getInt(0, $most);

        return $length === 0 ? '' : $this->random->getBytes($length);
    }

    /** Letters, or bytes, of $letters. */
    private function text(string $letters, int $most, int $least = 0): string
    {
        $length = $this->random->getInt($least, $most);

        return $length === 0 ? '' : $this->random->getBytesFromString($letters, $length);
    }
}
