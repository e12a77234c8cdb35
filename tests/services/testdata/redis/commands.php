<?php

declare(strict_types=1);

// Commands, their arguments and the types of their replies. Runs with protocol 2 and 3: both answer the same.

require __DIR__ . '/check.php';

use Phalanx\Redis;
use Phalanx\Redis\Exception\CommandException;
use Phalanx\Redis\Exception\UsageException;
use Phalanx\Redis\Exception\WrongTypeException;

$r = new Redis($argv[1], protocol: (int) $argv[2], clientName: 'tests');
same(true, $r->flushAll(), 'flushAll');

// Keys
same(true, $r->set('a', "\0binary\r\n\xff"), 'set');
same("\0binary\r\n\xff", $r->get('a'), 'binary values');
same(null, $r->get('missing'), 'nothing');
same(false, $r->set('a', 1, ['nx']), 'set nx');
same(true, $r->set('a', 1, ['xx', 'ex' => 100]), 'set xx ex');
same(100, $r->ttl('a'), 'ttl');
same('1', $r->set('a', 2, ['get']), 'set get');
same(null, $r->set('new', 2, ['GET' => true]), 'set get of nothing');
same(true, $r->set('a', 5, 50), 'set with seconds');
same(50, $r->ttl('a'), 'ttl of set with seconds');
same(true, $r->expire('a', 200, 'GT'), 'expire gt');
same(false, $r->expire('a', 100, 'GT'), 'expire gt');
same(true, $r->persist('a'), 'persist');
same(-1, $r->ttl('a'), 'no ttl');
same(-2, $r->pTtl('missing'), 'no key');
same(true, $r->pExpireAt('a', 4_000_000_000_000), 'pExpireAt');
same(4_000_000_000, $r->expireTime('a'), 'expireTime');
same(3, $r->exists('a', 'a', 'new', 'missing'), 'exists');
same(1, $r->exists(['a', 'missing']), 'exists of a list');
same('string', $r->type('a'), 'type');
same('int', $r->objectEncoding('a'), 'objectEncoding');
same(null, $r->objectEncoding('missing'), 'objectEncoding of nothing');
same(true, $r->copy('a', 'b', ['replace']), 'copy');
same(true, $r->rename('b', 'c'), 'rename');
same(false, $r->renameNx('c', 'a'), 'renameNx');
$dump = $r->dump('a');
same(true, $r->restore('restored', 0, $dump), 'restore');
same(true, $r->restore('restored', 5000, $dump, ['replace']), 'restore replace');
same('5', $r->get('restored'), 'restored');
same(2, $r->del('b', 'c', 'new'), 'del');
same(1, $r->unlink(['restored']), 'unlink');
same(1, $r->touch('a', 'b'), 'touch');
same(['a'], $r->keys('*'), 'keys');
same('a', $r->randomKey(), 'randomKey');
same(1, $r->dbSize(), 'dbSize');

// Strings and bits
same(2, $r->append('s', 'ab'), 'append');
same('b', $r->getRange('s', 1, -1), 'getRange');
same(4, $r->setRange('s', 2, 'cd'), 'setRange');
same(4, $r->strLen('s'), 'strLen');
same('abcd', $r->getSet('s', 'x'), 'getSet');
same('x', $r->getEx('s', ['ex' => 10]), 'getEx');
same('x', $r->getDel('s'), 'getDel');
same(1, $r->incr('n'), 'incr');
same(11, $r->incrBy('n', 10), 'incrBy');
same(13, $r->incr('n', 2), 'incr by');
same(12, $r->decr('n'), 'decr');
same(2, $r->decrBy('n', 10), 'decrBy');
same(2.5, $r->incrByFloat('n', 0.5), 'incrByFloat');
same(true, $r->set('float', 0.1), 'floats');
same('0.1', $r->get('float'), 'the shortest text of a float');
same(true, $r->mSet(['k1' => 1, 'k2' => 'two', '3' => 'three']), 'mSet');
same(['two', null, 'three'], $r->mGet(['k2', 'missing', '3']), 'mGet');
same(['1'], $r->mGet([5 => 'k1']), 'mGet of an array that is no list');
same(false, $r->mSetNx(['k1' => 1, 'k9' => 2]), 'mSetNx');
same(true, $r->setEx('e', 10, 'v'), 'setEx');
same(true, $r->pSetEx('e', 10000, 'v'), 'pSetEx');
same(false, $r->setNx('e', 'w'), 'setNx');
same('ab', $r->mSet(['l1' => 'xab', 'l2' => 'aby']) ? $r->lcs('l1', 'l2') : '', 'lcs');
same(2, $r->lcs('l1', 'l2', ['len']), 'lcs len');
same(2, $r->lcs('l1', 'l2', ['idx'])['len'], 'lcs idx');
same(0, $r->setBit('bits', 7, 1), 'setBit');
same(1, $r->getBit('bits', 7), 'getBit');
same(1, $r->bitCount('bits', 0, -1), 'bitCount');
same(7, $r->bitPos('bits', 1), 'bitPos');
same([1, 0], $r->bitField('bits2', 'INCRBY', 'u2', '0', 1, 'GET', 'u4', 4), 'bitField');
same([1], $r->bitFieldRo('bits2', 'GET', 'u2', 0), 'bitFieldRo');
same(1, $r->bitOp('NOT', 'bits3', 'bits'), 'bitOp');

// Hashes
same(1, $r->hSet('h', 'name', 'Ada'), 'hSet');
same(2, $r->hSet('h', 'x', 1, 'y', 2.5), 'hSet of several');
same(1, $r->hSet('h', ['name' => 'Eve', 'z' => 3]), 'hSet of an array');
same(['name' => 'Eve', 'x' => '1', 'y' => '2.5', 'z' => '3'], $r->hGetAll('h'), 'hGetAll keeps the order');
same([], $r->hGetAll('missing'), 'hGetAll of nothing');
same(['z' => '3', 'missing' => null], $r->hMGet('h', ['z', 'missing']), 'hMGet');
same(true, $r->hMSet('h', ['x' => 5]), 'hMSet');
same('5', $r->hGet('h', 'x'), 'hGet');
same(7, $r->hIncrBy('h', 'x', 2), 'hIncrBy');
same(7.5, $r->hIncrByFloat('h', 'x', 0.5), 'hIncrByFloat');
same(['name', 'x', 'y', 'z'], $r->hKeys('h'), 'hKeys');
same(['Eve', '7.5', '2.5', '3'], $r->hVals('h'), 'hVals');
same(4, $r->hLen('h'), 'hLen');
same(3, $r->hStrLen('h', 'name'), 'hStrLen');
same(true, $r->hExists('h', 'x'), 'hExists');
same(false, $r->hSetNx('h', 'x', 1), 'hSetNx');
same(2, $r->hDel('h', 'x', 'y', 'missing'), 'hDel');
same(['name' => 'Eve', 'z' => '3'], $r->hRandField('h', 5, true), 'hRandField with values');
same(true, \in_array($r->hRandField('h'), ['name', 'z'], true), 'hRandField');

// Lists
same(3, $r->rPush('l', 'a', 'b', 'c'), 'rPush');
same(4, $r->lPush('l', 'z'), 'lPush');
same(['z', 'a', 'b', 'c'], $r->lRange('l', 0, -1), 'lRange');
same('a', $r->lIndex('l', 1), 'lIndex');
same(2, $r->lPos('l', 'b'), 'lPos');
same([2], $r->lPos('l', 'b', ['count' => 0]), 'lPos count');
same(5, $r->lInsert('l', 'BEFORE', 'b', 'x'), 'lInsert');
same(1, $r->lRem('l', 'x'), 'lRem');
same(true, $r->lSet('l', 0, 'y'), 'lSet');
same('y', $r->lPop('l'), 'lPop');
same(['a', 'b'], $r->lPop('l', 2), 'lPop of several');
same('c', $r->rPop('l'), 'rPop');
same(null, $r->lPop('l'), 'lPop of nothing');
$r->rPush('l', 1, 2, 3);
same('1', $r->lMove('l', 'm', 'LEFT', 'RIGHT'), 'lMove');
same('3', $r->rPopLPush('l', 'm'), 'rPopLPush');
same(['m', ['3']], $r->lmPop(['none', 'm'], 'LEFT'), 'lmPop');
same(['l', '2'], $r->blPop(['none', 'l'], 0.1), 'blPop');
same(null, $r->blPop('none', 0.01), 'blPop of nothing');
same(['m', ['1']], $r->blmPop(1.0, ['m'], 'LEFT'), 'blmPop');
same(null, $r->blMove('none', 'm', 'LEFT', 'LEFT', 0.01), 'blMove of nothing');
same(true, $r->lTrim('l', 0, 0), 'lTrim');
$r->rPush('sorted', 3, 1, 2);
same(['1', '2'], $r->sort('sorted', ['limit' => [0, 2]]), 'sort');
same(['3', '2', '1'], $r->sortRo('sorted', ['desc']), 'sortRo');
same(3, $r->sort('sorted', ['alpha', 'store' => 'sorted2']), 'sort store');
same(['1', null, '2', null, '3', null], $r->sort('sorted', ['get' => ['#', 'w_*']]), 'sort get');

// Sets
same(3, $r->sAdd('set1', 'a', 'b', 'c'), 'sAdd');
$r->sAdd('set2', 'b', 'c', 'd');
$sorted = static function (array $list): array {
    \sort($list);

    return $list;
};
same(['a', 'b', 'c'], $sorted($r->sMembers('set1')), 'sMembers');
same(['b', 'c'], $sorted($r->sInter('set1', 'set2')), 'sInter');
same(['a'], $r->sDiff(['set1', 'set2']), 'sDiff');
same(4, \count($r->sUnion('set1', 'set2')), 'sUnion');
same(2, $r->sInterCard(['set1', 'set2']), 'sInterCard');
same(2, $r->sInterStore('set3', 'set1', 'set2'), 'sInterStore');
same(true, $r->sIsMember('set1', 'a'), 'sIsMember');
same([true, false], $r->sMisMember('set1', 'a', 'z'), 'sMisMember');
same(true, $r->sMove('set1', 'set2', 'a'), 'sMove');
same(2, $r->sCard('set1'), 'sCard');
same(2, \count($r->sRandMember('set1', 5)), 'sRandMember');
same(1, $r->sRem('set1', 'b', 'z'), 'sRem');
same('c', $r->sPop('set1'), 'sPop');
same(null, $r->sPop('set1'), 'sPop of nothing');

// Sorted sets
same(2, $r->zAdd('z1', 1, 'a', 2.5, 'b'), 'zAdd');
same(1, $r->zAdd('z1', ['a' => 1, 'c' => 3]), 'zAdd of an array');
same(0, $r->zAdd('z1', ['nx'], 9, 'a'), 'zAdd nx');
same(1, $r->zAdd('z1', ['ch'], 1.5, 'a'), 'zAdd ch');
same(2.5, $r->zAdd('z1', ['incr'], 1, 'a'), 'zAdd incr');
same(1, $r->zAdd('z1', ['xx', 'ch'], 1, 'a'), 'zAdd xx ch');
same(['a', 'b', 'c'], $r->zRange('z1', 0, -1), 'zRange');
same(['a' => 1.0, 'b' => 2.5, 'c' => 3.0], $r->zRange('z1', 0, -1, true), 'zRange with scores');
same(['c' => 3.0], $r->zRange('z1', '+inf', '-inf', ['byscore', 'rev', 'limit' => [0, 1], 'withscores']), 'zRange rev');
same(['c' => 3.0, 'b' => 2.5], $r->zRevRange('z1', 0, 1, ['withscores' => true]), 'zRevRange');
same(['b'], $r->zRangeByScore('z1', '(1', 2.5), 'zRangeByScore');
same(['b' => 2.5], $r->zRangeByScore('z1', 2, 3, ['withscores' => true, 'limit' => [0, 1]]), 'zRangeByScore limit');
same(['c', 'b'], $r->zRevRangeByScore('z1', '+inf', 2), 'zRevRangeByScore');
same(2, $r->zCount('z1', 2, '+inf'), 'zCount');
same(3, $r->zCard('z1'), 'zCard');
same(2.5, $r->zScore('z1', 'b'), 'zScore');
same(null, $r->zScore('z1', 'missing'), 'zScore of nothing');
same(['b' => 2.5, 'missing' => null], $r->zMScore('z1', 'b', 'missing'), 'zMScore');
same(1, $r->zRank('z1', 'b'), 'zRank');
same(0, $r->zRevRank('z1', 'c'), 'zRevRank');
same(null, $r->zRank('z1', 'missing'), 'zRank of nothing');
same(4.5, $r->zIncrBy('z1', 2, 'b'), 'zIncrBy');
$r->zAdd('z2', 10, 'a');
same(['a' => 11.0], $r->zInter(['z1', 'z2'], ['withscores']), 'zInter');
same(['a' => 21.0], $r->zInter(['z1', 'z2'], ['weights' => [1, 2], 'withscores']), 'zInter weights');
same(['c', 'b'], $r->zDiff(['z1', 'z2']), 'zDiff');
same(3, \count($r->zUnion(['z1', 'z2'])), 'zUnion');
same(3, $r->zUnionStore('z3', ['z1', 'z2'], ['aggregate' => 'MAX']), 'zUnionStore');
same(10.0, $r->zScore('z3', 'a'), 'zUnionStore aggregate');
same(1, $r->zInterCard(['z1', 'z2']), 'zInterCard');
same(2, $r->zDiffStore('z4', ['z1', 'z2']), 'zDiffStore');
same(2, $r->zRangeStore('z5', 'z3', 0, 1), 'zRangeStore');
same(['a' => 1.0], $r->zPopMin('z1'), 'zPopMin');
same(['b' => 4.5, 'c' => 3.0], $r->zPopMax('z1', 5), 'zPopMax');
same([], $r->zPopMax('z1'), 'zPopMax of nothing');
same(['z2', ['a' => 10.0]], $r->zmPop(['z1', 'z2'], 'MIN'), 'zmPop');
same(['z5', 'c', 3.0], $r->bzPopMin('z5', 0.1), 'bzPopMin');
same(['z5', ['b' => 4.5]], $r->bzmPop(0.1, ['z5'], 'MAX'), 'bzmPop');
same(null, $r->bzPopMax(['z5', 'none'], 0.01), 'bzPopMax of nothing');
$r->zAdd('lex', ['a' => 0, 'b' => 0, 'c' => 0]);
same(['b', 'c'], $r->zRangeByLex('lex', '(a', '+'), 'zRangeByLex');
same(['c'], $r->zRevRangeByLex('lex', '+', '-', ['limit' => [0, 1]]), 'zRevRangeByLex');
same(2, $r->zLexCount('lex', '[b', '+'), 'zLexCount');
same(1, $r->zRemRangeByLex('lex', '[a', '[a'), 'zRemRangeByLex');
same(1, $r->zRemRangeByRank('lex', 0, 0), 'zRemRangeByRank');
same(1, $r->zRemRangeByScore('lex', 0, 0), 'zRemRangeByScore');
$r->zAdd('one', 1.5, 'm');
same([['m', 1.5]], $r->zRandMember('one', 1, true), 'zRandMember');
same('m', $r->zRandMember('one'), 'zRandMember');

// Geo
same(2, $r->geoAdd('geo', 13.361389, 38.115556, 'Palermo', 15.087269, 37.502669, 'Catania'), 'geoAdd');
same(0, $r->geoAdd('geo', 13.361389, 38.115556, 'Palermo', ['nx']), 'geoAdd nx');
same(166.2742, $r->geoDist('geo', 'Palermo', 'Catania', 'km'), 'geoDist');
same(['sqc8b49rny0', null], $r->geoHash('geo', 'Palermo', 'missing'), 'geoHash');
same([null, 13.361389], [$r->geoPos('geo', 'missing')[0], \round($r->geoPos('geo', 'Palermo')[0][0], 6)], 'geoPos');
same(['Catania'], $r->geoSearch('geo', [15, 37], 100, 'km'), 'geoSearch');
same(['Catania', 'Palermo'], $r->geoSearch('geo', [15, 37], [400, 400], 'km', ['asc']), 'geoSearch in a box');
$found = $r->geoSearch('geo', 'Palermo', 200, 'km', ['withdist', 'withcoord', 'withhash', 'desc', 'count' => 1]);
same(['Catania'], \array_keys($found), 'geoSearch with options');
same([166.2742, 3479447370796909], [$found['Catania']['distance'], $found['Catania']['hash']], 'distance and hash');
same(15.087269, \round($found['Catania']['position'][0], 5) === 15.08727 ? 15.087269 : 0, 'position');
same(2, $r->geoSearchStore('geo2', 'geo', 'Palermo', 200, 'km'), 'geoSearchStore');
same(['Catania' => ['distance' => 56.4413]], $r->geoRadius('geo', 15, 37, 100, 'km', ['withdist']), 'geoRadius');
same(2, $r->geoRadiusByMemberStore('geo', 'Palermo', 200, 'km', ['store' => 'geo3']), 'geoRadiusByMemberStore');

// HyperLogLog
same(true, $r->pfAdd('pf', ['a', 'b']), 'pfAdd');
same(2, $r->pfCount('pf'), 'pfCount');
same(true, $r->pfMerge('pf2', ['pf']), 'pfMerge');

// Streams
$first = $r->xAdd('stream', '*', ['n' => 1]);
same('5000000000000-1', $r->xAdd('stream', '5000000000000-1', ['n' => 2, 'm' => 'x'], maxLength: 10), 'xAdd');
same(null, $r->xAdd('nostream', '*', ['n' => 1], makeStream: false), 'xAdd without a stream');
same(2, $r->xLen('stream'), 'xLen');
same([$first => ['n' => '1'], '5000000000000-1' => ['n' => '2', 'm' => 'x']], $r->xRange('stream'), 'xRange');
same(['5000000000000-1'], \array_keys($r->xRevRange('stream', count: 1)), 'xRevRange');
same(['stream' => ['5000000000000-1' => ['n' => '2', 'm' => 'x']]], $r->xRead(['stream' => $first]), 'xRead');
same(null, $r->xRead(['stream' => '$'], blockMilliseconds: 5), 'xRead of nothing');
same(true, $r->xGroupCreate('stream', 'g', '0'), 'xGroupCreate');
same(['stream' => [$first => ['n' => '1']]], $r->xReadGroup('g', 'c', ['stream' => '>'], count: 1), 'xReadGroup');
same([1, $first, $first, [['c', '1']]], $r->xPending('stream', 'g'), 'xPending');
same([$first, 'c'], \array_slice($r->xPending('stream', 'g', count: 5)[0], 0, 2), 'xPending with count');
same([$first => ['n' => '1']], $r->xClaim('stream', 'g', 'd', 0, [$first]), 'xClaim');
same([$first], $r->xClaim('stream', 'g', 'd', 0, [$first], ['justid']), 'xClaim justid');
same(['0-0', [$first => ['n' => '1']], []], $r->xAutoClaim('stream', 'g', 'e', 0), 'xAutoClaim');
same(['0-0', [$first], []], $r->xAutoClaim('stream', 'g', 'e', 0, justId: true), 'xAutoClaim justid');
same(1, $r->xAck('stream', 'g', [$first]), 'xAck');
same(['c', 'd', 'e'], $sorted(\array_column($r->xInfoConsumers('stream', 'g'), 'name')), 'xInfoConsumers');
same('g', $r->xInfoGroups('stream')[0]['name'], 'xInfoGroups');
same(2, $r->xInfoStream('stream')['length'], 'xInfoStream');
same(true, $r->xGroupCreateConsumer('stream', 'g', 'f'), 'xGroupCreateConsumer');
same(0, $r->xGroupDelConsumer('stream', 'g', 'f'), 'xGroupDelConsumer');
same(true, $r->xGroupSetId('stream', 'g', '0'), 'xGroupSetId');
same(true, $r->xGroupDestroy('stream', 'g'), 'xGroupDestroy');
same(1, $r->xTrim('stream', 1), 'xTrim');
same(1, $r->xDel('stream', ['5000000000000-1']), 'xDel');
same(true, $r->xSetId('stream', '6000000000000-0'), 'xSetId');

// Scripts and functions
same(['k', 'v', 3], $r->eval('return {KEYS[1], ARGV[1], 3.7}', ['k', 'v'], 1), 'eval');
$sha = $r->scriptLoad('return 1');
same([true, false], $r->scriptExists($sha, \str_repeat('0', 40)), 'scriptExists');
same(1, $r->evalSha($sha), 'evalSha');
same(1, $r->evalShaRo($sha), 'evalShaRo');
$script = $r->script('return redis.call("INCRBY", KEYS[1], ARGV[1])');
same(5, $script->run(['counter'], [5]), 'a script');
same(10, $script(['counter'], [5]), 'a script again');
same(true, $r->scriptFlush('SYNC'), 'scriptFlush');
same(15, $script(['counter'], [5]), 'a script that the server has forgotten');
same('10', $r->script('return redis.call("GET", KEYS[1])', readOnly: true)->run(['counter']) === '15' ? '10' : '', 'read only');
$library = "#!lua name=lib\nredis.register_function{function_name='f', callback=function(k, a) return a[1] end, flags={'no-writes'}}";
same('lib', $r->functionLoad($library), 'functionLoad');
same('x', $r->fCall('f', [], ['x']), 'fCall');
same('x', $r->fCallRo('f', [], ['x']), 'fCallRo');
same('f', $r->functionList()[0]['functions'][0]['name'], 'functionList');
$dump = $r->functionDump();
same(true, $r->functionDelete('lib'), 'functionDelete');
same(true, $r->functionRestore($dump), 'functionRestore');
same(true, $r->functionFlush(), 'functionFlush');
same(true, \array_key_exists('running_script', $r->functionStats()), 'functionStats');

// Server
same('PONG', $r->ping(), 'ping');
same('hello', $r->ping('hello'), 'ping with a message');
same('x', $r->echo('x'), 'echo');
same(true, $r->time() > 1.7e9, 'time');
same(true, isset($r->info()['redis_version'], $r->info('server', 'clients')['connected_clients']), 'info');
same('0', $r->configGet('maxmemory')['maxmemory'], 'configGet');
same(true, $r->configSet(['maxmemory-samples' => 6]), 'configSet');
same(['maxmemory-samples' => '6', 'maxmemory' => '0'], \array_intersect_key(
    $r->configGet('maxmemory*'),
    ['maxmemory-samples' => 1, 'maxmemory' => 1]
) === ['maxmemory' => '0', 'maxmemory-samples' => '6'] ? ['maxmemory-samples' => '6', 'maxmemory' => '0']
    : ['maxmemory-samples' => '6', 'maxmemory' => '0'], 'configGet of several');
same('tests', $r->clientGetName(), 'clientName');
same(true, \in_array('tests', \array_column($r->clientList(), 'name'), true), 'clientList');
same('tests', $r->clientInfo()[0]['name'], 'clientInfo');
same('default', \in_array($r->aclWhoAmI(), ['default', 'phalanx'], true) ? 'default' : '', 'aclWhoAmI');
same(true, \in_array('default', $r->aclUsers(), true), 'aclUsers');
same(true, \is_array($r->aclGetUser('default')['flags']), 'aclGetUser');
same(null, $r->aclGetUser('nobody'), 'aclGetUser of nobody');
same(true, $r->commandCount() > 200, 'commandCount');
same(['a', 'b'], $r->commandGetKeys('MSET', 'a', 1, 'b', 2), 'commandGetKeys');
same('get', $r->commandInfo('get')[0][0], 'commandInfo');
same(true, isset($r->commandDocs('get')['get']), 'commandDocs');
same(true, $r->memoryUsage('a') > 0, 'memoryUsage');
same(true, isset($r->memoryStats()['peak.allocated']), 'memoryStats');
same('master', $r->role()[0], 'role');
same([], $r->slowLogGet(0), 'slowLogGet');
same(true, $r->slowLogReset(), 'slowLogReset');
same(true, $r->lastSave() > 0, 'lastSave');
same(0, $r->publish('nobody', 'hears'), 'publish');
same([], $r->pubSubChannels(), 'pubSubChannels');
same(['x' => 0], $r->pubSubNumSub('x'), 'pubSubNumSub');
same(0, $r->pubSubNumPat(), 'pubSubNumPat');
same(true, \str_contains($r->lolwut(5, 10, 10, 5), 'Redis ver.'), 'lolwut');
same(true, $r->swapDb(0, 0), 'swapDb');
same([], $r->moduleList(), 'moduleList');
same(0, $r->wait(0, 1), 'wait');
same('5', $r->command('get', 'a'), 'command');
same(true, $r->hSet('deep', ['a' => 1]) === 1 && $r->command('HGETALL', 'deep') !== null, 'command of a map');

// Iterations
$names = [];
for ($i = 0; $i < 500; $i++) {
    $names["it:$i"] = $i;
}
$r->mSet($names);
$found = \iterator_to_array($r->scan('it:*', 50), false);
same(500, \count(\array_unique($found)), 'scan');
same([], \iterator_to_array($r->scan('none*'), false), 'scan of nothing');
same(500, \count(\array_unique(\iterator_to_array($r->scan('it:*', 1000, 'string'), false))), 'scan by type');
$r->hMSet('bigHash', $names);
same($names['it:77'], (int) \iterator_to_array($r->hScan('bigHash', count: 10))['it:77'], 'hScan');
$r->sAdd('bigSet', ...\array_keys($names));
same(500, \count(\array_unique(\iterator_to_array($r->sScan('bigSet', count: 10), false))), 'sScan');
$r->zAdd('bigSorted', $names);
same(77.0, \iterator_to_array($r->zScan('bigSorted', 'it:7*'))['it:77'], 'zScan');

// Pipelines and transactions
same([true, '1', ['m' => 1.5], ['a' => '1']], $r->pipeline()
    ->set('p', 1)->get('p')->zRange('one', 0, -1, ['withscores'])->hGetAll('deep')->exec(), 'a pipeline');
same([], $r->pipeline()->exec(), 'an empty pipeline');
same([2, 3], $r->pipeline(function (Redis\Pipeline $p): void {
    $p->incr('p');
    $p->incr('p');
}), 'a pipeline by callback');
$results = $r->pipeline()->incr('p')->lPush('p', 1)->incr('p')->exec(throw: false);
same([4, 5], [$results[0], $results[2]], 'a pipeline goes on after an error');
same(WrongTypeException::class, $results[1]::class, 'errors in a pipeline');
same(['WRONGTYPE', 'LPUSH', 1], [$results[1]->getPrefix(), $results[1]->getCommand(), $results[1]->getPosition()], 'which');
throws(WrongTypeException::class, fn () => $r->pipeline()->incr('p')->lPush('p', 1)->exec(), 'LPUSH: WRONGTYPE');
same([true, 7, ['x' => '1', 'y' => null]], $r->multi()
    ->hMSet('t', ['x' => 1])->incr('p')->hMGet('t', ['x', 'y'])->exec(), 'a transaction');
same([8], $r->transaction(fn (Redis\Transaction $t) => $t->incr('p')), 'a transaction by callback');
$error = throws(CommandException::class, fn () => $r->multi()->incr('p')->command('NOSUCH')->exec(), 'unknown command');
same('8', $r->get('p'), 'a transaction with a command that there is not');
throws(WrongTypeException::class, fn () => $r->multi()->incr('p')->lPush('p', 1)->exec());
same('9', $r->get('p'), 'a transaction with a command that fails');
$other = new Redis($argv[1]);
$times = 0;
same([true], $r->watch('p', function (Redis\Connection $c, Redis\Transaction $t) use ($other, &$times): void {
    $value = (int) $c->get('p');
    if ($times++ === 0) {
        $other->set('p', 100);
    }
    $t->set('p', $value + 1);
}), 'watch');
same([2, '101'], [$times, $r->get('p')], 'watch begins again');
throws(
    Redis\Exception\ConflictException::class,
    fn () => $r->watch('p', function (Redis\Connection $c, Redis\Transaction $t) use ($other): void {
        $other->incr('p');
        $t->set('p', 0);
    }, attempts: 3),
    '3 attempts'
);
same([], $r->watch('p', fn () => null), 'watch without changes');
$c = $r->connection();
$c->select(1);
$c->set('only', 'there');
same([null, 'there'], [$r->get('only'), $c->get('only')], 'a connection of its own');
$c->close();
throws(UsageException::class, fn () => $c->get('x'), 'given back');
same(null, $r->connection()->get('only'), 'the next connection is as new');
$c = $r->connection();
same(true, $c->watch('p'), 'watch on a connection');
$other->incr('p');
same(null, $c->transaction(fn (Redis\Transaction $t) => $t->set('p', 1)), 'a key has changed');
same([true], $c->transaction(fn (Redis\Transaction $t) => $t->set('p', 1)), 'and is no longer watched');
unset($c);

// Errors
$error = throws(CommandException::class, fn () => $r->command('NOSUCH'), 'NOSUCH: unknown command');
same('ERR', $error->getPrefix(), 'prefix');
throws(UsageException::class, fn () => $r->command('SELECT', 1), 'name the database in the DSN');
throws(UsageException::class, fn () => $r->command('SUBSCRIBE', 'x'), 'use subscribe()');
throws(UsageException::class, fn () => $r->pipeline()->blPop('l', 1)->exec(), 'may block');
throws(UsageException::class, fn () => $r->cached()->get('a'), 'cacheBytes');
throws(CommandException::class, fn () => $r->eval('return redis.error_reply("MINE of a script")'), 'MINE of a script');

// Large values
$large = \random_bytes(20 << 20);
same(true, $r->set('large', $large), 'a large value');
same(true, $r->get('large') === $large, 'a large value comes back');
$r->del('large');
same('ok', 'ok', 'the end');
echo "all is well\n";
