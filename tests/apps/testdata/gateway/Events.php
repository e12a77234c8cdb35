<?php

use GatewayWorker\Lib\Gateway;

class Events
{
    public static function onWorkerStart($worker): void
    {
        echo "business $worker->id started\n";
    }

    public static function onConnect(string $client): void
    {
        Gateway::sendToClient($client, 'connected');
    }

    public static function onWebSocketConnect(string $client, array $data): void
    {
        Gateway::sendToClient($client, 'handshake ' . ($data['get']['room'] ?? ''));
    }

    public static function onMessage(string $client, string $message): void
    {
        [$command, $a, $b] = explode(' ', $message, 3) + ['', '', ''];
        switch ($command) {
            case 'bind':
                Gateway::bindUid($client, $a);
                $_SESSION['uid'] = $a;
                self::until(static fn (): bool => Gateway::getUidByClientId($client) === $a);
                Gateway::sendToClient($client, 'bound ' . Gateway::getUidByClientId($client));
                break;
            case 'join':
                Gateway::joinGroup($client, $a);
                self::until(static fn (): bool => isset(Gateway::getClientSessionsByGroup($a)[$client]));
                Gateway::sendToCurrentClient("joined $a " . Gateway::getClientIdCountByGroup($a));
                break;
            case 'leave':
                Gateway::leaveGroup($client, $a);
                Gateway::sendToCurrentClient("left $a");
                break;
            case 'user':
                Gateway::sendToUid($a, $b);
                break;
            case 'group':
                Gateway::sendToGroup($a, $b);
                break;
            case 'others':
                Gateway::sendToGroup($a, $b, [$client]);
                break;
            case 'all':
                Gateway::sendToAll("all: $a");
                break;
            case 'who':
                Gateway::sendToCurrentClient(json_encode([
                    'me' => $_SESSION['uid'] ?? null, 'ip' => $_SERVER['REMOTE_ADDR'], 'port' => $_SERVER['GATEWAY_PORT'],
                    'online' => Gateway::isUidOnline($a), 'count' => Gateway::getAllClientIdCount(),
                    'groups' => count(Gateway::getAllGroupIdList()), 'uids' => count(Gateway::getAllUidList()),
                ]));
                break;
            case 'set':
                Gateway::updateSession($client, ['note' => $a]);
                Gateway::sendToCurrentClient('session ' . json_encode(Gateway::getSession($client)));
                break;
            case 'kick':
                Gateway::closeClient(Gateway::getClientIdByUid($a)[0], 'kicked');
                break;
            case 'fail':
                throw new RuntimeException('event failed');
        }
    }

    /**
     * Commands and questions go to the gateway over two connections: of those that are ready at the same moment either may
     * be read first.
     *
     * @param callable(): bool $done
     */
    private static function until(callable $done): void
    {
        for ($tries = 0; $tries < 100 && !$done(); ++$tries) {
            usleep(10000);
        }
    }

    public static function onClose(string $client): void
    {
        echo 'closed ', $_SESSION['uid'] ?? 'nobody', "\n";
        Gateway::sendToAll('gone ' . ($_SESSION['uid'] ?? 'nobody'));
    }

    public static function onWorkerStop($worker): void
    {
        echo "business $worker->id stopped\n";
    }
}
