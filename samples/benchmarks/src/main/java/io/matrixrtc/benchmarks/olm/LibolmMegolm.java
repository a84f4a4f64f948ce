package io.matrixrtc.benchmarks.olm;

import static io.matrixrtc.benchmarks.olm.LibolmFunctions.olm_error;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_clear_inbound_group_session;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_clear_outbound_group_session;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_group_decrypt;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_group_decrypt_max_plaintext_length;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_group_encrypt;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_group_encrypt_message_length;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_inbound_group_session;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_inbound_group_session_size;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_init_inbound_group_session;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_init_outbound_group_session;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_init_outbound_group_session_random_length;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_outbound_group_session;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_outbound_group_session_key;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_outbound_group_session_key_length;
import static io.matrixrtc.benchmarks.olm.LibolmGroupFunctions.olm_outbound_group_session_size;
import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.matrixrtc.olm.RandomSource;
import java.util.Arrays;

/** libolm, in C. */
final class LibolmMegolm implements GroupContender {
  private final Pointer writing = new Memory(olm_outbound_group_session_size());
  private final Pointer reading = new Memory(olm_inbound_group_session_size());

  LibolmMegolm() {
    olm_outbound_group_session(writing);
    byte[] entropy = new byte[(int) olm_init_outbound_group_session_random_length(writing)];
    RandomSource.secure().nextBytes(entropy);
    check(olm_init_outbound_group_session(writing, entropy, entropy.length));
    byte[] key = new byte[(int) olm_outbound_group_session_key_length(writing)];
    check(olm_outbound_group_session_key(writing, key, key.length));
    olm_inbound_group_session(reading);
    check(olm_init_inbound_group_session(reading, key, key.length));
  }

  @Override
  public String encrypt(byte[] plaintext) {
    byte[] message = new byte[(int) olm_group_encrypt_message_length(writing, plaintext.length)];
    check(olm_group_encrypt(writing, plaintext, plaintext.length, message, message.length));
    return new String(message, US_ASCII);
  }

  @Override
  public byte[] decrypt(String body) {
    byte[] message = body.getBytes(US_ASCII);
    byte[] copy = message.clone(); // libolm overwrites what it is given
    byte[] plaintext =
        new byte[(int) check(olm_group_decrypt_max_plaintext_length(reading, copy, copy.length))];
    int[] index = new int[1];
    long length =
        check(
            olm_group_decrypt(
                reading, message, message.length, plaintext, plaintext.length, index));
    return Arrays.copyOf(plaintext, (int) length);
  }

  private static long check(long result) {
    if (result == olm_error()) {
      throw new IllegalStateException("libolm refused");
    }
    return result;
  }

  @Override
  public void close() {
    olm_clear_outbound_group_session(writing);
    olm_clear_inbound_group_session(reading);
  }
}
