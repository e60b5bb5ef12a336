import fc from 'fast-check';
import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import { networkOf } from './addressNetwork.ts';

const KNOWN = {
  '192.0.2.7': '192.0.2.7',
  '::ffff:192.0.2.7': '192.0.2.7',
  '2001:db8::1': '2001:db8:0:0::/64',
  '2001:0DB8:0:1:2:3:4:5': '2001:db8:0:1::/64',
  '2001:db8:0:1::/64': '2001:db8:0:1::/64',
  'fe80::1%eth0': 'fe80:0:0:0::/64',
  '64:ff9b::192.0.2.7': '64:ff9b:0:0::/64',
  '::1': '0:0:0:0::/64',
};
for (const [address, network] of Object.entries(KNOWN)) {
  test(`${address} is counted under ${network}`, () => assert.equal(networkOf(address), network));
}

test('every IPv6 address lies in the network that it is counted under, and its neighbours with it', () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.integer({ min: 0, max: 0xffff }), (address, last) => {
      const network = networkOf(address);
      const list = new BlockList();
      list.addSubnet(network.slice(0, -'/64'.length), 64, 'ipv6');
      assert.ok(list.check(address, 'ipv6'));
      assert.equal(networkOf(network.replace('::/64', `::${last.toString(16)}`)), network);
    }),
  );
});
