<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Acl\Adapter;

use Phalcon\Acl\Component;
use Phalcon\Acl\ComponentAwareInterface;
use Phalcon\Acl\ComponentInterface;
use Phalcon\Acl\Enum;
use Phalcon\Acl\Exceptions\AccessRuleNotFound;
use Phalcon\Acl\Exceptions\CircularInheritanceError;
use Phalcon\Acl\Exceptions\ElementNotFound;
use Phalcon\Acl\Exceptions\InvalidAccessList;
use Phalcon\Acl\Exceptions\InvalidComponentImplementation;
use Phalcon\Acl\Exceptions\InvalidRoleImplementation;
use Phalcon\Acl\Exceptions\InvalidRoleType;
use Phalcon\Acl\Exceptions\MissingFunctionParameters;
use Phalcon\Acl\Exceptions\RoleNotFoundException;
use Phalcon\Acl\Role;
use Phalcon\Acl\RoleAwareInterface;
use Phalcon\Acl\RoleInterface;

/**
 * An access list in memory. Applications serialize it: its properties are as the extension's are.
 *
 * Of the rules for a role the one for the access counts, then that for all accesses ("*") of the component, then that
 * for all components; after them those of the roles it inherits from, the nearest first.
 */
class Memory extends AbstractAdapter
{
    protected $access = [];
    protected $accessList = ['*!*' => true];
    protected $activeFunction = null;
    protected $activeFunctionCustomArgumentsCount = 0;
    protected $activeKey = null;
    protected $components = [];
    protected $componentsNames = ['*' => true];
    protected $functions = [];
    protected $noArgumentsDefaultAction = Enum::DENY;
    protected $roles = [];
    protected $roleInherits = [];

    public function __construct()
    {
    }

    /** Adds accesses, and the component if it is new. $componentValue: a ComponentInterface or a name. */
    public function addComponent($componentValue, $accessList): bool
    {
        $component = $componentValue instanceof ComponentInterface ? $componentValue : new Component($componentValue);
        $name = $component->getName();
        if (!isset($this->componentsNames[$name])) {
            $this->components[$name] = $component;
            $this->componentsNames[$name] = true;
        }

        return $this->addComponentAccess($name, $accessList);
    }

    /** $accessList: a name or several. */
    public function addComponentAccess(string $componentName, $accessList): bool
    {
        $this->checkComponent($componentName);
        if (!is_array($accessList) && !is_string($accessList)) {
            throw new InvalidAccessList();
        }
        foreach ((array) $accessList as $access) {
            $this->accessList["$componentName!$access"] = true;
        }

        return true;
    }

    /** $roleToInherits: a RoleInterface or a name, or several. False when one of them is the role itself. */
    public function addInherit(string $roleName, $roleToInherits): bool
    {
        $this->checkRole($roleName, 'role list');
        $this->roleInherits[$roleName] ??= [];
        foreach (is_array($roleToInherits) ? $roleToInherits : [$roleToInherits] as $parent) {
            $parent = $parent instanceof RoleInterface ? $parent->getName() : $parent;
            if (in_array($parent, $this->roleInherits[$roleName])) {
                continue;
            }
            if (!isset($this->roles[$parent])) {
                throw new RoleNotFoundException((string) $parent);
            }
            if ($roleName == $parent) {
                return false;
            }
            if (in_array($roleName, $this->withInherited($parent))) {
                throw new CircularInheritanceError($parent);
            }
            $this->roleInherits[$roleName][] = $parent;
        }

        return true;
    }

    /** Adds a role, a RoleInterface or a name; false when there is one of this name. */
    public function addRole($role, $accessInherits = null): bool
    {
        if (is_string($role)) {
            $role = new Role($role);
        } elseif (!$role instanceof RoleInterface) {
            throw new InvalidRoleType();
        }
        $name = $role->getName();
        if (isset($this->roles[$name])) {
            return false;
        }
        $this->roles[$name] = $role;

        return $accessInherits === null || $this->addInherit($name, $accessInherits);
    }

    /** Lets a role, or with "*" all that there are, do this; with $func only when that says so. */
    public function allow(string $roleName, string $componentName, $access, $func = null): void
    {
        $this->setRule($roleName, $componentName, $access, Enum::ALLOW, $func);
    }

    public function deny(string $roleName, string $componentName, $access, $func = null): void
    {
        $this->setRule($roleName, $componentName, $access, Enum::DENY, $func);
    }

    /** Takes accesses away from a component; their rules stay. */
    public function dropComponentAccess(string $componentName, $accessList): void
    {
        foreach (is_string($accessList) ? [$accessList] : $accessList as $access) {
            unset($this->accessList["$componentName!$access"]);
        }
    }

    /** The function of the rule that answered last. */
    public function getActiveFunction()
    {
        return $this->activeFunction;
    }

    /** How many parameters that function has beside the role and the component. */
    public function getActiveFunctionCustomArgumentsCount(): int
    {
        return $this->activeFunctionCustomArgumentsCount;
    }

    /** "role!component!access" of the rule that answered last; of the question when none did. */
    public function getActiveKey(): ?string
    {
        return $this->activeKey;
    }

    public function getComponents(): array
    {
        return $this->components;
    }

    /** The names of the roles that this one inherits from; of all roles when none is named. */
    public function getInheritedRoles(string $roleName = ''): array
    {
        return $roleName === '' ? $this->roleInherits : $this->roleInherits[$roleName] ?? [];
    }

    /** What is answered when the function of a rule needs parameters and none are given. */
    public function getNoArgumentsDefaultAction(): int
    {
        return $this->noArgumentsDefaultAction;
    }

    public function getRoles(): array
    {
        return $this->roles;
    }

    /**
     * Whether the role may do this. Tells listeners of "acl:beforeCheckAccess", where false denies, and
     * "acl:afterCheckAccess".
     *
     * @param mixed $roleName a name, a RoleInterface or a RoleAwareInterface
     * @param mixed $componentName a name, a ComponentInterface or a ComponentAwareInterface
     * @param array<string, mixed>|null $parameters for the rule's function, by name
     */
    public function isAllowed($roleName, $componentName, string $access, ?array $parameters = []): bool
    {
        $role = $roleName instanceof RoleAwareInterface ? $roleName : null;
        $component = $componentName instanceof ComponentAwareInterface ? $componentName : null;
        if (is_object($roleName)) {
            $roleName = $this->roleNameOf($roleName);
        }
        if (is_object($componentName)) {
            $componentName = $this->componentNameOf($componentName);
        }
        $this->activeRole = $roleName;
        $this->activeComponent = $componentName;
        $this->activeAccess = $access;
        $this->activeKey = null;
        $this->activeFunction = null;
        $this->activeFunctionCustomArgumentsCount = 0;

        $question = ['role' => $roleName, 'component' => $componentName, 'access' => $access];
        if ($this->fireManagerEvent('acl:beforeCheckAccess', $question) === false) {
            return false;
        }
        if (!isset($this->roles[$roleName])) {
            return $this->defaultAccess === Enum::ALLOW;
        }
        $key = $this->findRule($roleName, $componentName ?? '', $access);
        $answer = $key === null ? null : $this->access[$key];
        $this->accessGranted = $answer ?? Enum::DENY;
        $this->fireManagerEvent('acl:afterCheckAccess', $question + ['granted' => $this->accessGranted]);
        if ($answer === null) {
            $this->activeKey = "$roleName!$componentName!$access";

            return $this->defaultAccess === Enum::ALLOW;
        }
        $function = $this->functions[$key] ?? null;
        $this->activeKey = $key;
        $this->activeFunction = $function;
        if ($function !== null && is_callable($function)) {
            return $this->askFunction($function, $answer, $parameters ?? [], $role, $component);
        }

        return $answer === Enum::ALLOW;
    }

    public function isRole(string $roleName): bool
    {
        return isset($this->roles[$roleName]);
    }

    public function isComponent(string $componentName): bool
    {
        return isset($this->componentsNames[$componentName]);
    }

    public function setNoArgumentsDefaultAction(int $defaultAccess): void
    {
        $this->noArgumentsDefaultAction = $defaultAccess;
    }

    private function setRule(string $roleName, string $componentName, mixed $access, int $answer, mixed $func): void
    {
        foreach ($roleName === '*' ? array_keys($this->roles) : [$roleName] as $role) {
            $this->checkRole($role, 'ACL');
            $this->checkComponent($componentName);
            foreach (is_array($access) ? $access : [$access] as $name) {
                // A list has to name accesses; alone, "*" is all of them.
                if (($name !== '*' || is_array($access)) && !isset($this->accessList["$componentName!$name"])) {
                    throw new AccessRuleNotFound((string) $name, $componentName);
                }
            }
            foreach (is_array($access) ? $access : [$access] as $name) {
                $this->access["$role!$componentName!$name"] = $answer;
                if ($func !== null) {
                    $this->functions["$role!$componentName!$name"] = $func;
                }
            }
        }
    }

    /** The key of the rule that applies. */
    private function findRule(string $roleName, string $componentName, string $access): ?string
    {
        $key = "$roleName!$componentName!$access";
        if (isset($this->access[$key])) {
            return $key;
        }
        foreach (isset($this->roleInherits[$roleName]) ? $this->withInherited($roleName) : [$roleName] as $role) {
            $keys = ["$role!$componentName!$access", "$role!$componentName!*", "$role!*!*"];
            foreach ($keys as $key) {
                if (isset($this->access[$key])) {
                    return $key;
                }
            }
        }

        return null;
    }

    /** @return list<string> the role and those it inherits from, the nearest first */
    private function withInherited(string $roleName): array
    {
        $roles = [$roleName];
        $seen = [$roleName => true];
        for ($i = 0; isset($roles[$i]); $i++) {
            foreach ($this->roleInherits[$roles[$i]] ?? [] as $parent) {
                if (!isset($seen[$parent])) {
                    $seen[$parent] = true;
                    $roles[] = $parent;
                }
            }
        }

        return $roles;
    }

    private function askFunction(
        callable $function,
        int $answer,
        array $parameters,
        ?RoleAwareInterface $role,
        ?ComponentAwareInterface $component,
    ): bool {
        $can = "$this->activeRole can $this->activeAccess $this->activeComponent";
        $rule = new RuleFunction($function, $parameters, $role, $component, $can);
        if ($rule->count === 0) {
            return $answer === Enum::ALLOW && $rule();
        }
        $this->activeFunctionCustomArgumentsCount = $rule->customCount;
        $can = "'$this->activeRole' can '$this->activeAccess'";
        if (count($parameters) > $rule->customCount) {
            trigger_error(
                'Number of parameters in array is higher than the number of parameters in defined function when'
                . " checking if $can '$this->activeComponent'. Extra parameters will be ignored.",
                E_USER_WARNING
            );
        }
        if ($rule->arguments === [] && $rule->needsAny) {
            trigger_error(
                "You did not provide any parameters when $can '$this->activeComponent'."
                . ' We will use default action when no arguments.'
            );

            return $answer === Enum::ALLOW && $this->noArgumentsDefaultAction === Enum::ALLOW;
        }
        if (!$rule->isComplete) {
            throw new MissingFunctionParameters(
                'You did not provide all necessary parameters for the defined function when checking if'
                . " $can for '$this->activeComponent'."
            );
        }

        return $answer === Enum::ALLOW && $rule();
    }

    private function checkComponent(string $name): void
    {
        if (!isset($this->componentsNames[$name])) {
            throw new ElementNotFound("Component '$name' does not exist in the ACL");
        }
    }

    private function checkRole(string $name, string $list): void
    {
        if (!isset($this->roles[$name])) {
            throw new ElementNotFound("Role '$name' does not exist in the $list");
        }
    }

    private function componentNameOf(object $component): string
    {
        return match (true) {
            $component instanceof ComponentAwareInterface => $component->getComponentName(),
            $component instanceof ComponentInterface => $component->getName(),
            default => throw new InvalidComponentImplementation(),
        };
    }

    private function roleNameOf(object $role): string
    {
        return match (true) {
            $role instanceof RoleAwareInterface => $role->getRoleName(),
            $role instanceof RoleInterface => $role->getName(),
            default => throw new InvalidRoleImplementation(),
        };
    }
}
