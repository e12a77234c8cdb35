<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Acl\Adapter;

use Phalcon\Acl\Component;
use Phalcon\Acl\Enum;
use Phalcon\Acl\Exceptions\InvalidSnapshot;
use Phalcon\Acl\Role;
use Phalcon\Contracts\Acl\Adapter\Persistable;
use Phalcon\Storage\Adapter\AdapterInterface as StorageInterface;

/**
 * An access list that is read from a storage when it is made, and written there by save().
 *
 * It is stored as arrays of texts and numbers, whatever classes roles and components have. Functions of rules cannot be
 * stored: where there was one, the stored list denies.
 */
class Storage extends Memory implements Persistable
{
    public const SNAPSHOT_VERSION = 1;

    /** What a stored list consists of, all of it arrays. */
    private const PARTS = ['access', 'accessList', 'components', 'componentsNames', 'roles', 'roleInherits'];

    protected $key = null;
    protected $storage = null;

    public function __construct(StorageInterface $storage, string $key = 'acl-data')
    {
        $this->storage = $storage;
        $this->key = $key;
        parent::__construct();
        $this->load();
    }

    /** Reads the stored list in place of this one; false when there is none. */
    public function load(): bool
    {
        $data = $this->storage->get($this->key);
        if (is_object($data)) {
            $data = $this->asArray($data);
        }
        if (!is_array($data) || !isset($data['version'])) {
            return false;
        }
        if ($data['version'] != self::SNAPSHOT_VERSION) {
            throw new InvalidSnapshot(
                "Incompatible ACL snapshot version '$data[version]'; expected '" . self::SNAPSHOT_VERSION . "'"
            );
        }
        foreach (self::PARTS as $part) {
            if (!is_array($data[$part] ?? null)) {
                throw new InvalidSnapshot('Malformed ACL snapshot structure');
            }
        }
        $roles = [];
        foreach ($data['roles'] as $name => $description) {
            $roles[$name] = new Role($name, $description);
        }
        $components = [];
        foreach ($data['components'] as $name => $description) {
            $components[$name] = new Component($name, $description);
        }
        $this->access = $data['access'];
        $this->accessList = $data['accessList'];
        $this->components = $components;
        $this->componentsNames = $data['componentsNames'];
        $this->roles = $roles;
        $this->roleInherits = $data['roleInherits'];
        $this->defaultAccess = $data['defaultAccess'] ?? Enum::DENY;
        $this->noArgumentsDefaultAction = $data['noArgumentsDefaultAction'] ?? Enum::DENY;

        return true;
    }

    public function save(): bool
    {
        return $this->storage->set($this->key, [
            'version' => self::SNAPSHOT_VERSION,
            'access' => array_fill_keys(array_keys($this->functions), Enum::DENY) + $this->access,
            'accessList' => $this->accessList,
            'components' => array_map(static fn ($component) => $component->getDescription(), $this->components),
            'componentsNames' => $this->componentsNames,
            'roles' => array_map(static fn ($role) => $role->getDescription(), $this->roles),
            'roleInherits' => $this->roleInherits,
            'defaultAccess' => $this->defaultAccess,
            'noArgumentsDefaultAction' => $this->noArgumentsDefaultAction,
        ]);
    }

    /** Storages that keep JSON answer objects. */
    private function asArray(mixed $value): mixed
    {
        $value = is_object($value) ? get_object_vars($value) : $value;

        return is_array($value) ? array_map($this->asArray(...), $value) : $value;
    }
}
