<?php

declare(strict_types=1);

namespace Tasks;

use Phalcon\Acl\Adapter\Memory;
use Phalcon\Acl\Component;
use Phalcon\Acl\Enum;
use Phalcon\Acl\Role;

/** Who may do what: everybody may read, editors may also write. */
final class Access
{
    private readonly Memory $list;

    public function __construct()
    {
        $this->list = new Memory();
        $this->list->setDefaultAction(Enum::DENY);
        $this->list->addRole(new Role('reader'));
        $this->list->addRole(new Role('editor'), 'reader');
        $this->list->addComponent(new Component('tasks'), ['read', 'write']);
        $this->list->allow('reader', 'tasks', 'read');
        $this->list->allow('editor', 'tasks', 'write');
    }

    public function allows(string $role, string $action): bool
    {
        return $this->list->isRole($role) && $this->list->isAllowed($role, 'tasks', $action);
    }
}
