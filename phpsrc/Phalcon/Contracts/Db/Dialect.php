<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Db;

use Phalcon\Db\ColumnInterface;
use Phalcon\Db\Dialect as DbDialect;
use Phalcon\Db\IndexInterface;
use Phalcon\Db\ReferenceInterface;

/** Writes the SQL of one kind of database. */
interface Dialect
{
    public const LOCK_NONE = '';
    public const LOCK_NOWAIT = 'NOWAIT';
    public const LOCK_SKIP_LOCKED = 'SKIP LOCKED';

    public function addColumn(string $tableName, string $schemaName, ColumnInterface $column): string;

    public function addForeignKey(string $tableName, string $schemaName, ReferenceInterface $reference): string;

    public function addIndex(string $tableName, string $schemaName, IndexInterface $index): string;

    public function addPrimaryKey(string $tableName, string $schemaName, IndexInterface $index): string;

    public function createSavepoint(string $name): string;

    public function createTable(string $tableName, string $schemaName, array $definition): string;

    public function createView(string $viewName, array $definition, ?string $schemaName = null): string;

    public function describeColumns(string $table, ?string $schema = null): string;

    public function describeIndexes(string $table, ?string $schema = null): string;

    public function describeReferences(string $table, ?string $schema = null): string;

    public function dropColumn(string $tableName, string $schemaName, string $columnName): string;

    public function dropForeignKey(string $tableName, string $schemaName, string $referenceName): string;

    public function dropIndex(string $tableName, string $schemaName, string $indexName): string;

    public function dropPrimaryKey(string $tableName, string $schemaName): string;

    public function dropTable(string $tableName, string $schemaName, bool $ifExists = true): string;

    public function dropView(string $viewName, ?string $schemaName = null, bool $ifExists = true): string;

    public function forUpdate(string $sqlQuery, string $modifier = ''): string;

    public function getColumnDefinition(ColumnInterface $column): string;

    public function getColumnList(array $columnList): string;

    public function getCustomFunctions(): array;

    public function getSqlExpression(array $expression, ?string $escapeChar = null, array $bindCounts = []): string;

    public function limit(string $sqlQuery, $number): string;

    public function listTables(?string $schemaName = null): string;

    public function modifyColumn(
        string $tableName,
        string $schemaName,
        ColumnInterface $column,
        ?ColumnInterface $currentColumn = null
    ): string;

    public function registerCustomFunction(string $name, $customFunction): DbDialect;

    public function releaseSavepoint(string $name): string;

    public function rollbackSavepoint(string $name): string;

    public function select(array $definition): string;

    public function sharedLock(string $sqlQuery, string $modifier = ''): string;

    public function supportsReleaseSavepoints(): bool;

    public function supportsSavepoints(): bool;

    public function tableExists(string $tableName, ?string $schemaName = null): string;

    public function tableOptions(string $table, ?string $schema = null): string;

    public function viewExists(string $viewName, ?string $schemaName = null): string;
}
