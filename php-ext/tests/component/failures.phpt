--TEST--
Errors become exceptions of the class the component names, panics do not end the process
--FILE--
<?php
namespace Fixture { class SqlException extends \RuntimeException { public string $sqlState = ''; } }
namespace {
require __DIR__ . '/attempt.inc';
use Fixture\Failing;
attempt(fn () => new Failing(true));
$f = new Failing(false);
attempt(fn () => $f->withResult());
attempt(fn () => $f->missing());
attempt(fn () => $f->noClass());
attempt(fn () => $f->notFloat());
try {
    $f->plain();
} catch (Phalanx\Exception\GoException $e) {
    echo json_encode($e->getChain()), "\n", $e instanceof Phalanx\Exception\ExceptionInterface ? 'marked' : '', "\n";
}
try {
    $f->coded();
} catch (Fixture\SqlException $e) {
    var_dump($e->getMessage(), $e->getCode(), $e->sqlState);
}
foreach (['panic', 'nilPointer'] as $method) {
    try {
        $f->$method(...($method === 'panic' ? [] : [['a']]));
    } catch (Phalanx\Exception\PanicException $e) {
        echo $e->getMessage(), ' ', str_contains($e->getGoStack(), 'fixture.go') ? 'with the stack' : $e->getGoStack(), "\n";
    }
}
spl_autoload_register(fn (string $class) => $class === 'No\Such\Class' ? throw new LogicException('from the autoloader') : null);
attempt(fn () => $f->noClass());
attempt(fn () => (new Fixture\Types())->broken(1));
echo (new Fixture\Types())->live(), " values live\n";
}
?>
--EXPECT--
Phalanx\Exception\GoException: no constructor today
Phalanx\Exception\GoException: inner
UnderflowException: fixture: file does not exist
Phalanx\Exception\GoException: fixture: of no class
Phalanx\Exception\GoException: the result of NotFloat: wire: type has no counterpart in PHP: chan int
[{"type":"*fmt.wrapError","message":"outer: inner"},{"type":"*errors.errorString","message":"inner"}]
marked
string(13) "duplicate key"
int(7)
string(5) "23505"
fixture: a panic with the stack
runtime error: invalid memory address or nil pointer dereference with the stack
LogicException: from the autoloader
Phalanx\Exception\GoException: the result of Broken: wire: type has no counterpart in PHP: chan int
2 values live
