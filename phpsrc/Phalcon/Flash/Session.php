<?php

declare(strict_types=1);

namespace Phalcon\Flash;

use Phalcon\Flash\Exceptions\SessionServiceUnavailable;
use Phalcon\Html\Escaper\EscaperInterface;
use Phalcon\Session\ManagerInterface;

/** Keeps messages in the session until a response shows them. */
class Session extends AbstractFlash
{
    public const SESSION_KEY = '_flashMessages';
    protected $sessionKey = '';

    public function __construct(
        ?EscaperInterface $escaper = null,
        ?ManagerInterface $session = null,
        ?string $sessionKey = null
    ) {
        parent::__construct($escaper, $session);
        $this->sessionKey = $sessionKey ?? self::SESSION_KEY;
    }

    public function clear(): void
    {
        $this->getSessionMessages(true);
        parent::clear();
    }

    /** The messages of one type, or all by type. */
    public function getMessages($type = null, bool $remove = true): array
    {
        return $this->getSessionMessages($remove, $type);
    }

    public function has(?string $type = null): bool
    {
        $messages = $this->getSessionMessages(false);

        return $type ? isset($messages[$type]) : $messages !== [];
    }

    public function message(string $type, $message): ?string
    {
        $messages = $this->getSessionMessages(false);
        $messages[$type][] = $message;
        $this->setSessionMessages($messages);

        return null;
    }

    public function output(bool $remove = true): void
    {
        foreach ($this->getSessionMessages($remove) as $type => $messages) {
            $this->outputMessage($type, $messages);
        }
        if ($this->implicitFlush) {
            parent::clear();
        }
    }

    protected function getSessionMessages(bool $remove, ?string $type = null): array
    {
        $session = $this->getSessionService();
        $messages = $session->get($this->sessionKey);
        if (!is_array($messages)) {
            $messages = [];
        }
        if (!$type) {
            if ($remove) {
                $session->remove($this->sessionKey);
            }

            return $messages;
        }
        $ofType = $messages[$type] ?? [];
        if ($remove && isset($messages[$type])) {
            unset($messages[$type]);
            $session->set($this->sessionKey, $messages);
        }

        return $ofType;
    }

    protected function setSessionMessages(array $messages): array
    {
        $this->getSessionService()->set($this->sessionKey, $messages);

        return $messages;
    }

    /** The session that was given, or the container's; the latter is kept. */
    public function getSessionService(): ManagerInterface
    {
        if ($this->sessionService === null) {
            if ($this->container?->has('session') !== true) {
                throw new SessionServiceUnavailable();
            }
            $this->sessionService = $this->container->getShared('session');
        }

        return $this->sessionService;
    }
}
