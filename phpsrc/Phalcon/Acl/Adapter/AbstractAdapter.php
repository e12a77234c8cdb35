<?php

declare(strict_types=1);

namespace Phalcon\Acl\Adapter;

use Phalcon\Acl\Enum;
use Phalcon\Events\AbstractEventsAware;
use Phalcon\Events\EventsAwareInterface;

/** Parent of the access lists: what applies without a rule, and what was asked last. */
abstract class AbstractAdapter extends AbstractEventsAware implements AdapterInterface, EventsAwareInterface
{
    protected $accessGranted = Enum::DENY;
    protected $activeAccess = null;
    protected $activeComponent = null;
    protected $activeRole = null;
    protected $defaultAccess = Enum::DENY;

    public function getActiveAccess(): ?string
    {
        return $this->activeAccess;
    }

    public function getActiveComponent(): ?string
    {
        return $this->activeComponent;
    }

    public function getActiveRole(): ?string
    {
        return $this->activeRole;
    }

    public function getDefaultAction(): int
    {
        return $this->defaultAccess;
    }

    /** What is answered when no rule applies: Enum::ALLOW or Enum::DENY. */
    public function setDefaultAction(int $defaultAccess): void
    {
        $this->defaultAccess = $defaultAccess;
    }
}
