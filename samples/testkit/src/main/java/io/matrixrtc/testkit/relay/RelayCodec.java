package io.matrixrtc.testkit.relay;

import io.matrixrtc.testkit.media.TrackKind;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the relay's protocol. A message is a length (4 bytes, of what follows), a type byte
 * and a body; numbers are big-endian, texts UTF-8 behind a 2-byte length.
 *
 * <pre>
 * 1 HELLO    version 1, role, identity          5 PUBLISH  frame
 * 2 WELCOME  count (2), identities              6 FORWARD  global sequence (8), µs (8), sender, frame
 * 3 JOINED   identity                           7 GOODBYE  reason
 * 4 LEFT     identity
 *
 * frame: kind (1), flags (1: key frame), sequence (8), RTP timestamp (4), SSRC (4), media time µs (8),
 *        codec, encrypted bytes to the end
 * </pre>
 */
final class RelayCodec {
  static final int VERSION = 1;

  /** Longest identity in bytes of UTF-8. */
  static final int MAX_IDENTITY_BYTES = 512;

  /** Most identities in a WELCOME. */
  static final int MAX_MEMBERS = 1024;

  /** Longest message without its length field. */
  static final int MAX_MESSAGE_BYTES = PublishedFrame.MAX_PAYLOAD_BYTES + 1024;

  /** Latest receive time: in the year 2255. */
  private static final long MAX_MICROS = 1L << 53;

  // The position in these lists is the byte on the wire.
  private static final List<TrackKind> KINDS = List.of(TrackKind.AUDIO, TrackKind.VIDEO);
  private static final List<RelayMessage.Role> ROLES =
      List.of(RelayMessage.Role.MEMBER, RelayMessage.Role.TAP);
  private static final List<CloseReason> REASONS =
      List.of(
          CloseReason.LEFT,
          CloseReason.MALFORMED,
          CloseReason.DUPLICATE_IDENTITY,
          CloseReason.STALLED,
          CloseReason.CUT,
          CloseReason.RELAY_CLOSED,
          CloseReason.FULL);

  private static final int FRAME_HEADER_BYTES = 1 + 1 + 8 + 4 + 4 + 8 + 2;

  private RelayCodec() {}

  /** Reads one message, or null at the end of the stream between two messages. */
  static @Nullable RelayMessage read(DataInputStream in)
      throws IOException, RelayProtocolException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    try {
      long length = (long) first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
      if (length < 1 || length > MAX_MESSAGE_BYTES) {
        throw new RelayProtocolException("message of " + length + " bytes");
      }
      byte[] message = new byte[(int) length];
      in.readFully(message);
      return decode(message);
    } catch (EOFException e) {
      throw new RelayProtocolException("message cut off", e);
    }
  }

  /** Decodes a message without its length field. */
  static RelayMessage decode(byte[] message) throws RelayProtocolException {
    ByteBuffer in = ByteBuffer.wrap(message);
    try {
      RelayMessage decoded = decodeBody(in.get(), in);
      if (in.hasRemaining()) {
        throw new RelayProtocolException("bytes behind the message");
      }
      return decoded;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new RelayProtocolException("bad message body", e);
    }
  }

  private static RelayMessage decodeBody(int type, ByteBuffer in) throws RelayProtocolException {
    return switch (type) {
      case 1 -> hello(in);
      case 2 -> welcome(in);
      case 3 -> new RelayMessage.Joined(identity(in));
      case 4 -> new RelayMessage.Left(identity(in));
      case 5 -> new RelayMessage.Publish(frame(in));
      case 6 -> forward(in);
      case 7 -> new RelayMessage.Goodbye(constant(REASONS, in));
      default -> throw new RelayProtocolException("unknown message type " + type);
    };
  }

  private static RelayMessage hello(ByteBuffer in) throws RelayProtocolException {
    if (in.get() != VERSION) {
      throw new RelayProtocolException("unknown protocol version");
    }
    return new RelayMessage.Hello(constant(ROLES, in), identity(in));
  }

  private static RelayMessage welcome(ByteBuffer in) throws RelayProtocolException {
    int count = Short.toUnsignedInt(in.getShort());
    if (count > MAX_MEMBERS) {
      throw new RelayProtocolException(count + " members");
    }
    List<String> members = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      members.add(identity(in));
    }
    return new RelayMessage.Welcome(List.copyOf(members));
  }

  private static RelayMessage forward(ByteBuffer in) throws RelayProtocolException {
    long sequence = in.getLong();
    long micros = in.getLong();
    if (micros < 0 || micros > MAX_MICROS) {
      throw new RelayProtocolException("receive time out of range");
    }
    Instant at = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    return new RelayMessage.Forward(new RelayedFrame(sequence, at, identity(in), frame(in)));
  }

  /** Encodes a message, length field included. */
  static byte[] encode(RelayMessage message) {
    if (message instanceof RelayMessage.Hello hello) {
      byte[] identity = identityBytes(hello.identity());
      return start(1, 4 + identity.length)
          .put((byte) VERSION)
          .put(code(ROLES, hello.role()))
          .putShort((short) identity.length)
          .put(identity)
          .array();
    } else if (message instanceof RelayMessage.Welcome welcome) {
      return withIdentities(welcome.members());
    } else if (message instanceof RelayMessage.Joined joined) {
      return withIdentity(3, joined.identity());
    } else if (message instanceof RelayMessage.Left left) {
      return withIdentity(4, left.identity());
    } else if (message instanceof RelayMessage.Publish publish) {
      byte[] frame = publish.frame().wire();
      return start(5, frame.length).put(frame).array();
    } else if (message instanceof RelayMessage.Forward forward) {
      RelayedFrame relayed = forward.frame();
      byte[] sender = identityBytes(relayed.sender());
      byte[] frame = relayed.frame().wire();
      return start(6, 18 + sender.length + frame.length)
          .putLong(relayed.globalSequence())
          .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, relayed.receivedAt()))
          .putShort((short) sender.length)
          .put(sender)
          .put(frame)
          .array();
    } else if (message instanceof RelayMessage.Goodbye goodbye) {
      return start(7, 1).put(code(REASONS, goodbye.reason())).array();
    }
    throw new IllegalStateException("unknown message " + message);
  }

  /** The bytes of a frame before its payload. */
  static byte[] frameHeader(FrameHeader header) {
    byte[] codec = header.codec().getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(FRAME_HEADER_BYTES + codec.length)
        .put(code(KINDS, header.kind()))
        .put((byte) (header.keyFrame() ? 1 : 0))
        .putLong(header.sequence())
        .putInt((int) header.rtpTimestamp())
        .putInt((int) header.ssrc())
        .putLong(header.mediaTime().toNanos() / 1000)
        .putShort((short) codec.length)
        .put(codec)
        .array();
  }

  private static PublishedFrame frame(ByteBuffer in) throws RelayProtocolException {
    byte[] wire = new byte[in.remaining()];
    in.duplicate().get(wire);
    int from = in.position();
    TrackKind kind = constant(KINDS, in);
    int flags = in.get();
    if (flags != 0 && flags != 1) {
      throw new RelayProtocolException("unknown frame flags");
    }
    long sequence = in.getLong();
    long timestamp = Integer.toUnsignedLong(in.getInt());
    long ssrc = Integer.toUnsignedLong(in.getInt());
    long micros = in.getLong();
    Duration time = Duration.of(micros, ChronoUnit.MICROS);
    String codec = text(in, FrameHeader.MAX_CODEC_CHARS);
    int payloadOffset = in.position() - from;
    int payload = in.remaining();
    if (payload == 0 || payload > PublishedFrame.MAX_PAYLOAD_BYTES) {
      throw new RelayProtocolException("encrypted frame of " + payload + " bytes");
    }
    in.position(in.limit());
    return new PublishedFrame(
        new FrameHeader(kind, codec, sequence, timestamp, ssrc, flags == 1, time),
        wire,
        payloadOffset);
  }

  private static <E> E constant(List<E> codes, ByteBuffer in) throws RelayProtocolException {
    int code = Byte.toUnsignedInt(in.get());
    if (code >= codes.size()) {
      throw new RelayProtocolException("unknown constant " + code);
    }
    return codes.get(code);
  }

  private static <E> byte code(List<E> codes, E value) {
    int code = codes.indexOf(value);
    if (code < 0) {
      throw new IllegalStateException("no code for " + value);
    }
    return (byte) code;
  }

  private static byte[] withIdentities(List<String> identities) {
    List<byte[]> all = identities.stream().map(RelayCodec::identityBytes).toList();
    int length = all.stream().mapToInt(identity -> 2 + identity.length).sum();
    byte[] bodies = new byte[length];
    ByteBuffer out = ByteBuffer.wrap(bodies);
    all.forEach(identity -> out.putShort((short) identity.length).put(identity));
    return start(2, 2 + length).putShort((short) all.size()).put(bodies).array();
  }

  private static byte[] withIdentity(int type, String identity) {
    byte[] bytes = identityBytes(identity);
    return start(type, 2 + bytes.length).putShort((short) bytes.length).put(bytes).array();
  }

  private static ByteBuffer start(int type, int bodyBytes) {
    return ByteBuffer.allocate(5 + bodyBytes).putInt(1 + bodyBytes).put((byte) type);
  }

  private static byte[] identityBytes(String identity) {
    byte[] bytes = identity.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > MAX_IDENTITY_BYTES) {
      throw new IllegalArgumentException("identity: want 1.." + MAX_IDENTITY_BYTES + " bytes");
    }
    return bytes;
  }

  private static String identity(ByteBuffer in) throws RelayProtocolException {
    return text(in, MAX_IDENTITY_BYTES);
  }

  private static String text(ByteBuffer in, int max) throws RelayProtocolException {
    int length = Short.toUnsignedInt(in.getShort());
    if (length == 0 || length > max || length > in.remaining()) {
      throw new RelayProtocolException("text of " + length + " bytes");
    }
    ByteBuffer bytes = in.slice(in.position(), length);
    in.position(in.position() + length);
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(bytes);
      return text.toString();
    } catch (CharacterCodingException e) {
      throw new RelayProtocolException("text is not UTF-8", e);
    }
  }
}
