package io.matrixrtc.backup.dehydration;

import com.fasterxml.jackson.databind.JsonNode;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.DeviceImport;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.RoomKeyCopy;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.e2ee.SyncChanges;
import io.matrixrtc.e2ee.ToDeviceResult;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.e2ee.UserDevice;
import io.matrixrtc.olm.Account;
import io.matrixrtc.olm.PickleException;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A dehydrated device come to life in memory: reads what was sent to it, and gives the room keys
 * away that it got. It never says anything: nothing of what it would send leaves this object.
 *
 * <p>Its keys enter another device's store as imported ones (DEHY-TRUST): who sent them was judged
 * without any device list, and that judgement is not passed on. For one thread.
 */
public final class Rehydration implements AutoCloseable {
  /** What one answer of the homeserver brings at most; more of it is an error there. */
  private static final int PAGE = 200;

  private final MemoryCryptoStore store = new MemoryCryptoStore();
  private final StateKey storeKey;
  private final OlmMachine machine;
  private Optional<RoomKeyId> given = Optional.empty();

  /**
   * Wakes {@code device}, which stays the caller's.
   *
   * @throws PickleException if its keys make no account
   */
  public Rehydration(DehydratedDevice device, String userId, RandomSource random)
      throws PickleException, CryptoStoreException {
    UserDevice address = new UserDevice(userId, device.deviceId());
    storeKey = StateKey.generate(random);
    try (Account account =
        Account.ofKeys(
            device.identityKey(),
            device.signingKey(),
            device.oneTimeKeys(),
            device.fallbackKey(),
            random)) {
      new DeviceImport(address, account).writeTo(store, storeKey, random);
    }
    machine =
        OlmMachine.open(
            address,
            new OlmMachine.Settings(TrustPolicy.ALL, TrustPolicy.ALL),
            store,
            storeKey,
            random);
  }

  /** Takes one page of its to-device events. */
  public void receive(List<JsonNode> events, Instant now) throws CryptoStoreException {
    List<ToDeviceResult> results =
        machine.receiveSync(
            new SyncChanges(events, Set.of(), Set.of(), 0, Optional.empty(), ""), now);
    machine.acknowledge( // what is meant for an app is for none here
        results.stream()
            .map(ToDeviceResult::inboxId)
            .filter(OptionalLong::isPresent)
            .map(OptionalLong::getAsLong)
            .toList());
  }

  /** Up to {@value #PAGE} room keys that were not given away yet; the caller closes them. */
  public List<RoomKeyCopy> nextKeys() throws CryptoStoreException {
    List<RoomKeyCopy> keys = machine.rooms().keys().export(given, PAGE);
    if (!keys.isEmpty()) {
      given = Optional.of(keys.get(keys.size() - 1).id());
    }
    return keys;
  }

  /** Wipes all that it had. */
  @Override
  public void close() {
    machine.close();
    store.close();
    storeKey.close();
  }
}
