package io.matrixrtc.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.e2ee.CryptoStore;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.OlmMachine;
import io.matrixrtc.e2ee.TrustPolicy;
import io.matrixrtc.json.Json;
import io.matrixrtc.keys.DeviceAddress;
import io.matrixrtc.keys.SenderEvidence;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.keys.ToDeviceChannel;
import io.matrixrtc.olm.RandomSource;
import io.matrixrtc.olm.StateKey;
import java.net.URI;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;

/** A device with an encrypted client in a test, and what it received of type {@value #TYPE}. */
final class TestDevice implements AutoCloseable {
  static final String TYPE = "org.example.test";
  static final OlmMachine.Settings ALL = new OlmMachine.Settings(TrustPolicy.ALL, TrustPolicy.ALL);

  final MatrixSession session;
  final CryptoStore store;
  final EncryptedClient client;
  final DeviceAddress address;
  final List<SenderEvidence> evidence = new CopyOnWriteArrayList<>();
  final List<String> received = new CopyOnWriteArrayList<>();
  final List<String> inTheClear = new CopyOnWriteArrayList<>();
  final List<ClientEvent> events = new CopyOnWriteArrayList<>();

  TestDevice(
      MatrixSession session,
      HttpTransport http,
      SerialScheduler scheduler,
      OlmMachine.Settings settings,
      CryptoStore store,
      long seed)
      throws CryptoStoreException {
    this(session, http, scheduler, settings, store, seed, Acknowledgement.AFTER_LISTENERS);
  }

  TestDevice(
      MatrixSession session,
      HttpTransport http,
      SerialScheduler scheduler,
      OlmMachine.Settings settings,
      CryptoStore store,
      long seed,
      Acknowledgement acknowledgement)
      throws CryptoStoreException {
    this.session = session;
    this.store = store;
    this.address = new DeviceAddress(session.userId(), session.deviceId());
    Random keys = new Random(seed);
    RandomSource source = keys::nextBytes;
    ClientSettings clientSettings =
        ClientSettings.of(http, scheduler).withRandom(new SplittableRandom(seed));
    this.client =
        EncryptedClient.builder(session, clientSettings)
            .trust(settings)
            .store(store, StateKey.copyOf(new byte[StateKey.BYTES]))
            .random(source)
            .acknowledgement(acknowledgement)
            .listener(events::add)
            .open();
    client
        .toDevice()
        .subscribe(
            TYPE,
            new ToDeviceChannel.Listener() {
              @Override
              public void onEncrypted(SenderEvidence from, ObjectNode content) {
                evidence.add(from);
                received.add(content.path("text").asText());
              }

              @Override
              public void onCleartext(String userId, ObjectNode content) {
                inTheClear.add(content.path("text").asText());
              }
            });
  }

  /** A device of a homeserver double, trusting everybody, with an empty store. */
  static TestDevice of(
      HomeserverDouble homeserver, SerialScheduler time, String user, String device, long seed)
      throws CryptoStoreException {
    return of(homeserver, time, user, device, seed, ALL, new MemoryCryptoStore());
  }

  static TestDevice of(
      HomeserverDouble homeserver,
      SerialScheduler time,
      String user,
      String device,
      long seed,
      OlmMachine.Settings settings,
      CryptoStore store)
      throws CryptoStoreException {
    MatrixSession session =
        new MatrixSession(
            URI.create("http://double.test"), user, device, homeserver.login(user, device));
    return new TestDevice(session, homeserver, time, settings, store, seed);
  }

  static ObjectNode text(String text) {
    return Json.newObject().put("text", text);
  }

  @Override
  public void close() {
    client.close();
  }
}
