package io.matrixrtc.backup.service;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.backup.dehydration.DehydratedDevice;
import io.matrixrtc.backup.dehydration.DehydratedKeys;
import io.matrixrtc.backup.dehydration.Rehydration;
import io.matrixrtc.backup.secrets.AccountDataException;
import io.matrixrtc.backup.secrets.OpenStorage;
import io.matrixrtc.backup.secrets.SecretStorageException;
import io.matrixrtc.backup.secrets.Secrets;
import io.matrixrtc.client.ApiFailure;
import io.matrixrtc.client.ApiResult;
import io.matrixrtc.client.EncryptedClient;
import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.ExtraWrites;
import io.matrixrtc.e2ee.RoomKeyCopy;
import io.matrixrtc.encoding.Base64Text;
import io.matrixrtc.encoding.MalformedBase64Exception;
import io.matrixrtc.keys.SerialScheduler;
import io.matrixrtc.olm.PickleException;
import io.matrixrtc.olm.RandomSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The device that lives on the homeserver while its user has none online, and collects room keys
 * there: makes it, reads what it got, and replaces it every week.
 *
 * <p>Any thread may call but the client's scheduler. Close it before the client. Stages complete
 * exceptionally with {@link DehydrationException} where that says so, and if the store fails or the
 * client ends. Source: MSC3814.
 */
public final class DehydratedDevices implements AutoCloseable {
  /** What other devices of the user show, unless said otherwise. */
  public static final String DEFAULT_NAME = "Dehydrated device";

  /** How old a device becomes. */
  public static final Duration ROTATION = Duration.ofDays(7);

  /** When what was cut short is tried again. */
  private static final Duration AGAIN = Duration.ofHours(1);

  /** Events of one device that are read at most. */
  private static final int MAX_EVENTS = 100_000;

  private static final Logger LOG = LoggerFactory.getLogger(DehydratedDevices.class);

  /**
   * What a device brought.
   *
   * @param there whether there was one
   * @param newKeys how many room keys were new here, or better than what was held
   * @param whole whether all that was sent to it was read; otherwise it should be kept
   */
  public record Rehydrated(boolean there, int newKeys, boolean whole) {}

  /** Something to do. */
  @FunctionalInterface
  private interface Task<T> {
    T run() throws Exception;
  }

  private final EncryptedClient client;
  private final DehydratedDeviceApi api;
  private final RandomSource random;
  private final SerialScheduler scheduler;
  private final Runnable release;
  private SerialScheduler.@Nullable Timer rotation;
  private byte @Nullable [] kept;

  DehydratedDevices(
      EncryptedClient client,
      DehydratedDeviceApi api,
      RandomSource random,
      SerialScheduler scheduler,
      Runnable release) {
    this.client = client;
    this.api = api;
    this.random = random;
    this.scheduler = scheduler;
    this.release = release;
  }

  /** Works with {@code client}, on a thread of its own. Does nothing by itself. */
  public static DehydratedDevices open(EncryptedClient client, RandomSource random) {
    BackupThreads threads = new BackupThreads();
    return new DehydratedDevices(
        client,
        new DehydratedDeviceApi(client.matrix().api()),
        random,
        threads.scheduler(),
        threads::close);
  }

  /** Whether the homeserver has such devices at all. */
  public CompletionStage<ApiResult<Boolean>> supported() {
    return work(
        () -> {
          ApiResult<ObjectNode> there = await(api.get());
          if (there instanceof ApiResult.Failed<ObjectNode> failed) {
            if (DehydratedDeviceApi.isUnrecognized(failed.failure())) {
              return new ApiResult.Ok<>(false);
            }
            return RoomKeysApi.isNotFound(failed.failure())
                ? new ApiResult.Ok<>(true)
                : new ApiResult.Failed<>(failed.failure());
          }
          return new ApiResult.Ok<>(true);
        });
  }

  /**
   * Reads what the present device got, unless there is none; makes another one in its place; and
   * does the last once a week from then on, until {@link #close}. A device that its key does not
   * open is replaced, too: nobody can read it. One that could not be read to its end is kept, and
   * read again in an hour (DEHY-KEEP).
   *
   * @param storage where the key is, or is put if there is none yet (DEHY-KEY)
   * @return completes with what the device brought
   */
  public CompletionStage<ApiResult<Rehydrated>> start(OpenStorage storage) {
    return work(
        () -> {
          byte[] key = key(storage);
          forget();
          kept = key;
          return turn(true);
        });
  }

  /** On the scheduler. */
  private ApiResult<Rehydrated> turn(boolean read) throws Exception {
    byte[] key = kept;
    if (key == null) {
      throw new IllegalStateException("not started");
    }
    ApiResult<Rehydrated> brought =
        read ? opened(key) : new ApiResult.Ok<>(new Rehydrated(false, 0, true));
    boolean replace = brought instanceof ApiResult.Ok<Rehydrated> ok && ok.value().whole();
    if (replace && made(key, DEFAULT_NAME) instanceof ApiResult.Failed<String> failed) {
      later(AGAIN, false);
      return new ApiResult.Failed<>(failed.failure());
    }
    later(replace ? ROTATION : AGAIN, !replace); // DEHY-WEEKLY
    return brought;
  }

  private ApiResult<Rehydrated> opened(byte[] key) throws Exception {
    try {
      return rehydrated(key);
    } catch (DehydrationException e) {
      LOG.warn("{}: it is replaced by another one", e.getMessage());
      return new ApiResult.Ok<>(new Rehydrated(true, 0, true));
    }
  }

  private void later(Duration after, boolean read) {
    rotation =
        scheduler.schedule(
            scheduler.now().plus(after),
            () -> {
              try {
                if (kept != null && turn(read) instanceof ApiResult.Failed<?> failed) {
                  LOG.info("dehydrated device: {}", failed.failure().sentence());
                }
              } catch (Exception e) { // of a timer nobody takes the outcome; the next one comes
                LOG.warn("dehydrated device", e);
              }
            });
  }

  /** The key in the storage; makes and stores one if there is none. The caller wipes it. */
  private byte[] key(OpenStorage storage)
      throws AccountDataException, SecretStorageException, DehydrationException {
    Optional<String> stored = storage.read(Secrets.DEHYDRATION);
    if (stored.isEmpty()) {
      byte[] made = new byte[DehydratedDevice.KEY_BYTES];
      random.nextBytes(made);
      storage.store(Secrets.DEHYDRATION, Base64Text.encode(made));
      return made;
    }
    try {
      byte[] key = Base64Text.decode(stored.get());
      if (key.length == DehydratedDevice.KEY_BYTES) {
        return key;
      }
    } catch (MalformedBase64Exception e) {
      LOG.debug("the key of the dehydrated device is no base64");
    }
    throw new DehydrationException(DehydrationException.Reason.BAD_KEY);
  }

  /**
   * Makes a device, signs it in our identity's name (DEHY-SIGNED), and puts it in the place of the
   * one that is there, with whatever that has got: {@link #rehydrate} first.
   *
   * @param key {@value DehydratedDevice#KEY_BYTES} bytes; copied
   * @param displayName if not {@value #DEFAULT_NAME}
   * @return completes with its device id; exceptionally with {@link
   *     DehydrationException.Reason#NOT_SIGNED}
   */
  public CompletionStage<ApiResult<String>> create(byte[] key, Optional<String> displayName) {
    byte[] own = key.clone();
    return work(
        () -> {
          try {
            return made(own, displayName.orElse(DEFAULT_NAME));
          } finally {
            Arrays.fill(own, (byte) 0);
          }
        });
  }

  private ApiResult<String> made(byte[] key, String displayName) throws DehydrationException {
    try (DehydratedDevice device = DehydratedDevice.generate(random)) {
      DehydratedKeys keys = new DehydratedKeys(device, client.device().userId());
      ObjectNode signed =
          await(client.withMachine(m -> m.crossSigning().signDehydrated(keys.deviceKeys())))
              .orElseThrow(() -> new DehydrationException(DehydrationException.Reason.NOT_SIGNED));
      ObjectNode body = keys.upload(signed, device.seal(key, random), displayName);
      return await(api.put(body)).map(answer -> device.deviceId());
    }
  }

  /**
   * Deletes the device; that there is none, or that the homeserver has no such devices, is no
   * failure. Ends the weekly replacement. To be called when the identity is reset, too: what was
   * signed by the old one is worth nothing (DEHY-RESET).
   *
   * @return completes with whether there was one
   */
  public CompletionStage<ApiResult<Boolean>> delete() {
    return work(
        () -> {
          forget();
          ApiResult<ObjectNode> gone = await(api.delete());
          if (gone instanceof ApiResult.Failed<ObjectNode> failed) {
            ApiFailure why = failed.failure();
            return RoomKeysApi.isNotFound(why) || DehydratedDeviceApi.isUnrecognized(why)
                ? new ApiResult.Ok<>(false)
                : new ApiResult.Failed<>(why);
          }
          return new ApiResult.Ok<>(true);
        });
  }

  /**
   * Brings the room keys that the present device got into our store, as imported ones (DEHY-TRUST).
   * The device stays.
   *
   * @param key {@value DehydratedDevice#KEY_BYTES} bytes; copied
   * @return completes exceptionally with {@link DehydrationException.Reason#WRONG_KEY}
   */
  public CompletionStage<ApiResult<Rehydrated>> rehydrate(byte[] key) {
    byte[] own = key.clone();
    return work(
        () -> {
          try {
            return rehydrated(own);
          } finally {
            Arrays.fill(own, (byte) 0);
          }
        });
  }

  private ApiResult<Rehydrated> rehydrated(byte[] key)
      throws DehydrationException, PickleException, CryptoStoreException {
    ApiResult<ObjectNode> there = await(api.get());
    if (there instanceof ApiResult.Failed<ObjectNode> failed) {
      return RoomKeysApi.isNotFound(failed.failure())
          ? new ApiResult.Ok<>(new Rehydrated(false, 0, true))
          : new ApiResult.Failed<>(failed.failure());
    }
    ObjectNode answer = there.orThrow();
    String deviceId = answer.path("device_id").asText();
    try (DehydratedDevice device =
            DehydratedDevice.open(key, deviceId, answer.path("device_data"))
                .orElseThrow(
                    () -> new DehydrationException(DehydrationException.Reason.WRONG_KEY));
        Rehydration awake = new Rehydration(device, client.device().userId(), random)) {
      return drained(awake, deviceId);
    }
  }

  /** Reads page by page; keys are kept page by page, so that a failure loses none. */
  private ApiResult<Rehydrated> drained(Rehydration awake, String deviceId)
      throws CryptoStoreException {
    Optional<String> from = Optional.empty();
    int events = 0;
    int newKeys = 0;
    while (events < MAX_EVENTS) {
      ApiResult<ObjectNode> page = await(api.events(deviceId, from));
      if (page instanceof ApiResult.Failed<ObjectNode> failed) {
        return new ApiResult.Failed<>(failed.failure());
      }
      List<JsonNode> come = new ArrayList<>();
      page.orThrow().path("events").forEach(come::add);
      events += come.size();
      awake.receive(come, scheduler.now());
      newKeys += brought(awake);
      Optional<String> next = Optional.ofNullable(page.orThrow().path("next_batch").textValue());
      if (next.isEmpty() || (next.equals(from) && come.isEmpty())) { // DEHY-PAGES
        return new ApiResult.Ok<>(new Rehydrated(true, newKeys, true));
      }
      if (next.equals(from)) {
        break;
      }
      from = next;
    }
    return new ApiResult.Ok<>(new Rehydrated(true, newKeys, false)); // DEHY-KEEP
  }

  private int brought(Rehydration awake) throws CryptoStoreException {
    int better = 0;
    List<RoomKeyCopy> keys = awake.nextKeys();
    while (!keys.isEmpty()) {
      List<RoomKeyCopy> some = keys;
      try {
        var result =
            await(
                client.withMachine(
                    m -> m.rooms().keys().merge(some, Optional.empty(), new ExtraWrites())));
        better += result.added() + result.improved();
      } finally {
        some.forEach(RoomKeyCopy::close);
      }
      keys = awake.nextKeys();
    }
    return better;
  }

  private void forget() {
    if (rotation != null) {
      rotation.cancel();
      rotation = null;
    }
    if (kept != null) {
      Arrays.fill(kept, (byte) 0);
      kept = null;
    }
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private <T> CompletionStage<T> work(Task<T> task) {
    CompletableFuture<T> end = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          try {
            end.complete(task.run());
          } catch (CompletionException e) {
            end.completeExceptionally(e);
          } catch (Exception e) {
            end.completeExceptionally(new CompletionException(e));
          }
        });
    return end;
  }

  /** Ends the weekly replacement and forgets the key; the device stays. */
  @Override
  public void close() {
    try {
      await(
          work(
              () -> {
                forget();
                return true;
              }));
    } finally {
      release.run();
    }
  }
}
