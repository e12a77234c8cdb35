<?php
// Manual: Timer, "add", "del", "sleep".
use Workerman\Timer;
use Workerman\Worker;

function send_mail($to, $content)
{
    echo "send mail to $to: $content\n";
}

class Mail
{
    public $count;

    public function send($to, $content, $timer_id)
    {
        $this->count = empty($this->count) ? 1 : $this->count;
        echo "method {$this->count}\n";
        if ($this->count++ >= 3) {
            echo "deleted\n";
            Timer::del($timer_id);
        }
    }

    public static function once($to)
    {
        echo "static to $to\n";
    }
}

$task = new Worker();
$task->count = 4;
$task->onWorkerStart = function (Worker $task) {
    if ($task->id !== 0) {
        return;
    }
    $count = 1;
    $timer_id = Timer::add(0.01, function () use (&$timer_id, &$count) {
        echo "closure $count\n";
        if ($count++ >= 3) {
            Timer::del($timer_id);
        }
    });
    Timer::add(0.05, 'send_mail', array('workerman', 'hello'), false);
    $mail = new Mail();
    $mail_timer = Timer::add(0.01, array($mail, 'send'), array('to', 'content', &$mail_timer));
    Timer::add(0.02, array('Mail', 'once'), array('workerman'), false);
    $slept = microtime(true);
    Timer::sleep(0.02);
    echo microtime(true) - $slept >= 0.02 ? "slept\n" : "did not sleep\n";
    Timer::delay(0.2, function () {
        echo "timers left: ", Worker::$globalEvent->getTimerCount(), "\n";
    });
};

Worker::runAll();
