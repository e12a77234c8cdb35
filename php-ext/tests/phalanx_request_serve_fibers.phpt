--TEST--
phalanx_request_serve(): messages that interleave in Fibers keep what is theirs, and so do the Fibers they start
--INI--
session.save_path=/tmp
--FILE--
<?php
class Registry
{
    protected static ?string $current = 'worker';
    public static function current(?string $set = null): ?string
    {
        return $set === null ? self::$current : self::$current = $set;
    }
}
phalanx_request_static(Registry::class, 'current');

$handler = static function (string $id): void {
    Registry::current("of $id");
    session_id("phalanxtest$id");
    session_start();
    $_SESSION['id'] = $id;
    $_GET['mine'] = $id;
    header("X-Id: $id");
    register_shutdown_function(static fn () => print "|end $id");
    ob_start(static fn (string $text): string => "<$id:$text>");
    echo 'one';
    Fiber::suspend();

    $inner = new Fiber(static function () use ($id): void {
        echo ' inner', $_GET['id'], $_GET['mine'];
        Fiber::suspend();
        echo ' again', $_SESSION['id'], Registry::current();
    });
    $inner->start();
    Fiber::suspend();
    echo ' two ', session_id(), json_encode(headers_list()[0]), ob_get_level();
    $inner->resume();
    exit;
};
$fibers = [];
foreach (['a', 'b', 'c'] as $id) {
    $fibers[$id] = new Fiber(static fn (): string => phalanx_request_serve(
        "GET /?id=$id HTTP/1.1\r\nHost: h\r\n\r\n",
        [],
        [],
        [],
        static fn () => $handler($id)
    ));
    $fibers[$id]->start();
}
var_dump($_GET, isset($_SESSION), session_id(), Registry::current(), session_status() === PHP_SESSION_NONE);
foreach (['c', 'a', 'b'] as $id) {
    $fibers[$id]->resume();
}
foreach (['b', 'c', 'a'] as $id) {
    $fibers[$id]->resume();
    echo strstr($fibers[$id]->getReturn(), "\r\n\r\n"), "\n";
}
var_dump(Registry::current());

// A Fiber that goes on after its message: it sees what the message had, and speaks for the script.
phalanx_request_serve("GET /?id=gone HTTP/1.1\r\nHost: h\r\n\r\n", [], [], [], static function (): void {
    $GLOBALS['later'] = new Fiber(static function (): void {
        Fiber::suspend();
        ob_start();
        echo 'later ', $_GET['id'], json_encode(@header('A: b')), json_encode(headers_sent()), "\n";
        ob_end_flush();
        ob_start();
    });
    $GLOBALS['later']->start();
});
$later->resume();
unset($later);

// Never resumed: finally blocks run, the session stays as it was.
$left = new Fiber(static fn () => phalanx_request_serve(
    "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    [],
    [],
    [],
    static function (): void {
        session_id('phalanxtesta');
        session_start();
        $_SESSION['id'] = 'changed';
        try {
            Fiber::suspend();
        } finally {
            echo 'unheard';
            $GLOBALS['finally'] = true;
        }
    }
));
$left->start();
unset($left);
var_dump($finally);
echo file_get_contents('/tmp/sess_phalanxtesta'), "\n";
foreach (['a', 'b', 'c'] as $id) {
    unlink("/tmp/sess_phalanxtest$id");
}

// Those that the script's end finds.
$end = new Fiber(static fn () => phalanx_request_serve("GET / HTTP/1.1\r\n\r\n", [], [], [], Fiber::suspend(...)));
$end->start();
echo "done\n";
?>
--EXPECT--
array(0) {
}
bool(false)
string(0) ""
string(6) "worker"
bool(true)


<b:one innerbb two phalanxtestb"Set-Cookie: PHPSESSID=phalanxtestb; path=\/"2 againbof b|end b>


<c:one innercc two phalanxtestc"Set-Cookie: PHPSESSID=phalanxtestc; path=\/"2 againcof c|end c>


<a:one inneraa two phalanxtesta"Set-Cookie: PHPSESSID=phalanxtesta; path=\/"2 againaof a|end a>
string(6) "worker"
later gonenulltrue
bool(true)
id|s:1:"a";
done
