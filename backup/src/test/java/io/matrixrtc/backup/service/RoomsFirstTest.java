package io.matrixrtc.backup.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.BackupAuth;
import io.matrixrtc.backup.BackupEntry;
import io.matrixrtc.backup.BackupKey;
import io.matrixrtc.backup.BackupVersion;
import io.matrixrtc.backup.TestKeys;
import io.matrixrtc.backup.TestRandom;
import io.matrixrtc.backup.archive.Archive;
import io.matrixrtc.backup.archive.ArchiveDownloadStore;
import io.matrixrtc.backup.archive.ArchiveVault;
import io.matrixrtc.backup.download.DownloadJob;
import io.matrixrtc.backup.download.DownloadState;
import io.matrixrtc.backup.download.RoomPlan;
import io.matrixrtc.backup.roomkey.ExportedRoomKey;
import io.matrixrtc.backup.roomkey.RoomKeyVault;
import io.matrixrtc.backup.roomkey.VaultException;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.ClientThreads;
import io.matrixrtc.client.Credentials;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.client.MatrixClient;
import io.matrixrtc.client.MatrixSession;
import io.matrixrtc.e2ee.MemoryCryptoStore;
import io.matrixrtc.e2ee.RoomKeyId;
import io.matrixrtc.homeserver.EmbeddedHomeserver;
import io.matrixrtc.homeserver.HomeserverConfig;
import io.matrixrtc.homeserver.faults.Fault;
import io.matrixrtc.homeserver.faults.FaultRule;
import io.matrixrtc.json.Json;
import io.matrixrtc.olm.StateKey;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup whose answer broke off three times, brought room by room, over HTTP. */
class RoomsFirstTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int KEYS = 7;
  private static final int BIG_ROOM = 1_500;

  @TempDir private Path directory;
  private EmbeddedHomeserver server;
  private ClientThreads threads;
  private final BackupThreads work = new BackupThreads();
  private EncryptedClient client;
  private BackupKey key;
  private Archive archive;
  private ArchiveDownloadStore jobs;
  private RoomKeysApi api;
  private final AtomicInteger wholes = new AtomicInteger();
  private final AtomicInteger stops = new AtomicInteger();
  private final List<Integer> rooms = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws Exception {
    server = EmbeddedHomeserver.start(HomeserverConfig.defaults().withPort(0));
    threads = ClientThreads.start();
    MatrixSession session =
        get(MatrixClient.register(
                server.baseUrl(), Credentials.of("alice", "pass", "test"), threads.settings()))
            .orThrow();
    client =
        EncryptedClient.builder(session, threads.settings())
            .store(new MemoryCryptoStore(), StateKey.copyOf(new byte[StateKey.BYTES]))
            .open();
    key = BackupKey.generate(TestRandom.of(1));
    archive = new ClientArchive(client);
    jobs = ArchiveDownloadStore.open(archive);
    api = new RoomKeysApi(client.matrix().api());
    get(api.create(BackupAuth.of(key.publicKey()))).orThrow();
  }

  @AfterEach
  void stop() {
    work.close();
    client.close();
    key.close();
    threads.close();
    server.close();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  private String room() throws Exception {
    return get(client.matrix().rooms().createRoom(Json.newObject())).orThrow();
  }

  /** Puts keys into the backup, as another device. */
  private void add(String room, int from, int to) throws Exception {
    ObjectNode body = Json.newObject();
    ObjectNode sessions = body.putObject("rooms").putObject(room).putObject("sessions");
    for (int i = from; i < to; i++) {
      try (ExportedRoomKey held = TestKeys.roomKey(room, i, 0, false)) {
        sessions.set(
            held.id().sessionId(), BackupEntry.seal(held, key.publicKey(), TestRandom.of(i + 100)));
      }
    }
    get(api.put("1", body)).orThrow();
  }

  private BackupVersion brokenOff() throws Exception {
    BackupVersion version = ((VersionAnswer.Current) get(api.version())).version();
    jobs.save(
        new DownloadJob(
            version.version(),
            key.publicKey().toBase64(),
            version.etag(),
            version.count(),
            DownloadState.WAITING,
            false,
            0,
            0,
            0,
            0,
            0,
            RoomPlan.ATTEMPTS,
            "",
            Instant.EPOCH),
        "");
    return version;
  }

  private void run(BackupVersion version) {
    BackupListener listener =
        new BackupListener() {
          @Override
          public void rooms(int done, int of) {
            rooms.add(done);
          }
        };
    RoomsFirst first =
        new RoomsFirst(
            client,
            archive,
            jobs,
            directory,
            new RoomBackup(api, new ArchiveVault(archive), work.scheduler()),
            work.scheduler(),
            listener,
            why -> {
              throw new AssertionError(why);
            },
            () -> {
              stops.incrementAndGet();
              return CompletableFuture.completedFuture(null);
            });
    work.scheduler()
        .execute(
            () -> {
              try {
                first.run(version, key, wholes::incrementAndGet);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
  }

  private int held() throws Exception {
    return new ArchiveVault(archive).keysAfter(Optional.empty(), 100).size();
  }

  @Test
  void dlRoomsThatWereAllMakeTheBackupComplete() throws Exception {
    add(room(), 0, 3);
    add(room(), 3, KEYS);
    run(brokenOff());
    await()
        .atMost(LIMIT)
        .until(() -> jobs.job().filter(job -> job.state() == DownloadState.DONE).isPresent());
    assertThat(held()).isEqualTo(KEYS);
    assertThat(wholes).hasValue(0);
    assertThat(stops).as("the download that waits for another answer").hasValue(1);
    assertThat(rooms).containsExactly(1, 2);
  }

  @Test
  void dlRoomsThatWeLeftComeWithTheWhole() throws Exception {
    add(room(), 0, 3);
    add("!forgotten:localhost", 3, KEYS);
    run(brokenOff());
    await().atMost(LIMIT).until(() -> wholes.get() == 1);
    assertThat(held()).isEqualTo(3);
    assertThat(jobs.job().orElseThrow().state()).isEqualTo(DownloadState.WAITING);
  }

  /** Much more than a batch, over an answer that breaks off and is asked for again. */
  @Test
  void dlRoomStreamABigRoomComesInBatchesAndABrokenAnswerIsAskedForAgain() throws Exception {
    String room = room();
    add(room, 0, BIG_ROOM);
    RecordedMerges vault = new RecordedMerges(new ArchiveVault(archive));
    server
        .faults()
        .add(FaultRule.on("/room_keys/keys/.*", new Fault.CutAnswer(900_000, true)).method("GET"));
    ApiResult<Integer> brought =
        get(new RoomBackup(api, vault, work.scheduler()).bring("1", key, room));
    assertThat(brought.orThrow()).isEqualTo(BIG_ROOM);
    assertThat(vault.sizes).allMatch(size -> size < 700);
    assertThat(vault.sizes.stream().mapToInt(Integer::intValue).sum())
        .as("nothing twice: what had come is known by then")
        .isEqualTo(BIG_ROOM);
  }

  /** Counts the keys of each merge. */
  private static final class RecordedMerges implements RoomKeyVault {
    private final RoomKeyVault vault;
    private final List<Integer> sizes = new CopyOnWriteArrayList<>();

    RecordedMerges(RoomKeyVault vault) {
      this.vault = vault;
    }

    @Override
    public Merged merge(List<ExportedRoomKey> keys, Optional<String> inVersion)
        throws VaultException {
      sizes.add(keys.size());
      return vault.merge(keys, inVersion);
    }

    @Override
    public Optional<Held> held(RoomKeyId id, String version) throws VaultException {
      return vault.held(id, version);
    }

    @Override
    public List<Kept> keysAfter(Optional<RoomKeyId> after, int limit) throws VaultException {
      return vault.keysAfter(after, limit);
    }

    @Override
    public List<ExportedRoomKey> notBackedUp(String version, int limit) throws VaultException {
      return vault.notBackedUp(version, limit);
    }

    @Override
    public long countNotBackedUp(String version) throws VaultException {
      return vault.countNotBackedUp(version);
    }

    @Override
    public void markBackedUp(String version, List<Mark> marks) throws VaultException {
      vault.markBackedUp(version, marks);
    }

    @Override
    public void forgetMarks() throws VaultException {
      vault.forgetMarks();
    }
  }
}
