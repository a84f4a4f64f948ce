package io.matrixrtc.client;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the homeserver know the filter, once for each start. A homeserver that does not take it is
 * synced with without one, which only costs more (SYNC-FILTER). Confined to the scheduler.
 */
final class FilterUpload {
  private static final Logger LOG = LoggerFactory.getLogger(FilterUpload.class);

  /** A homeserver that fails to take it so often in a row is taken for one that never will. */
  static final int MAX_TRIES = 3;

  private final SyncApi api;
  private final Optional<SyncFilter> filter;
  private @Nullable String id;
  private boolean settled;
  private int tries;

  /** Without a {@code filter} there is nothing to upload. */
  FilterUpload(SyncApi api, Optional<SyncFilter> filter) {
    this.api = api;
    this.filter = filter;
    this.settled = filter.isEmpty();
  }

  /** The id to sync with, if there is one. */
  Optional<String> id() {
    return Optional.ofNullable(id);
  }

  /**
   * Uploads the filter, unless that is settled.
   *
   * @return nothing if a sync can go on; else why the homeserver is not to be had now
   */
  CompletionStage<Optional<ApiFailure>> settle() {
    if (settled) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return api.createFilter(filter.orElseThrow())
        .thenApply(result -> result.fold(this::taken, this::failed));
  }

  private Optional<ApiFailure> taken(String given) {
    id = given;
    settled = true;
    return Optional.empty();
  }

  private Optional<ApiFailure> failed(ApiFailure failure) {
    boolean worthATry = failure.isTransient() && ++tries < MAX_TRIES;
    if (worthATry || failure instanceof ApiFailure.LoggedOut) {
      return Optional.of(failure);
    }
    LOG.warn("Syncs go without a filter: {}", failure.sentence());
    settled = true;
    return Optional.empty();
  }

  /**
   * A sync was refused.
   *
   * @return whether that may be because of the filter, which is not used any more then
   */
  boolean onRefusal(ApiFailure failure) {
    boolean suspect =
        id != null && failure instanceof ApiFailure.Refused refused && refused.status() == 400;
    if (suspect) {
      LOG.warn("Syncs go without a filter from now on: {}", failure.sentence());
      id = null;
    }
    return suspect;
  }
}
