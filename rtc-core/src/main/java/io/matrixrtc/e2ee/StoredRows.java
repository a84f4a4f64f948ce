package io.matrixrtc.e2ee;

import java.util.List;
import java.util.Optional;

/** Sealed rows by name: what a part of the machine, or a module beside it, keeps of its own. */
public interface StoredRows {
  /** The row of that name. */
  Optional<Sealed> find(RowKey key) throws CryptoStoreException;

  /** All rows of a kind and scope, ordered by name. */
  List<StoredRow> of(String kind, String scope) throws CryptoStoreException;

  /**
   * Up to {@code limit} rows of a kind, ordered by scope, then name, that come after {@code after},
   * which is of that kind; from the first one if that is empty.
   */
  List<StoredRow> of(String kind, Optional<RowKey> after, int limit) throws CryptoStoreException;
}
