package io.matrixrtc.e2ee.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.matrixrtc.e2ee.CryptoStoreException;
import io.matrixrtc.e2ee.RowSeal;
import io.matrixrtc.e2ee.Sealed;

/** Texts of rows, sealed for them. */
final class SealedRows {
  static final String DEVICE = "device";
  static final String IDENTITY = "identity";
  static final String ROOM_KEY_FACTS = "room key facts";
  static final String ACCOUNT_FACTS = "account facts";
  static final String SYNC_TOKEN = "sync token";

  private final RowSeal seal;

  SealedRows(RowSeal seal) {
    this.seal = seal;
  }

  byte[] seal(String text, String kind, String... name) {
    return seal.seal(text.getBytes(UTF_8), kind, name).toBytes();
  }

  <T> T open(byte[] sealed, StoredText.Reader<T> reader, String kind, String... name)
      throws CryptoStoreException {
    String text = new String(seal.open(Sealed.of(sealed), kind, name), UTF_8);
    try {
      return StoredText.read(text, reader);
    } catch (StoredText.Damaged e) {
      throw new CryptoStoreException.Unreadable(kind, e);
    }
  }
}
