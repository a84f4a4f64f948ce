package io.matrixrtc.testkit.agent;

import java.util.List;

/**
 * All that one participant is told. Plain values, so that it can be handed to another process.
 *
 * @param name what it is called in tables and reports, for example {@code bob-laptop}
 * @param homeserver base URL of its homeserver
 * @param userId full user id
 * @param password of that user
 * @param deviceId the device id it signs in with
 * @param relayHost where the frame relay listens
 * @param relayPort its port
 * @param clockStartMillis when the call's media time was zero, by the wall clock
 * @param speed seconds of media time in one second; key delays run with it
 * @param policy name of the rotation policy
 * @param useKeyDelayMillis media time between the confirmation of a new key and its use
 * @param trust name of the trust requirement for senders of keys
 * @param sfuService the token service that its membership names as its SFU's
 * @param media files that the participants of the call play, the same for all of them; built-in
 *     clips where there is none
 */
public record ParticipantSpec(
    String name,
    String homeserver,
    String userId,
    String password,
    String deviceId,
    String relayHost,
    int relayPort,
    long clockStartMillis,
    double speed,
    String policy,
    long useKeyDelayMillis,
    String trust,
    String sfuService,
    List<String> media) {
  public ParticipantSpec {
    media = List.copyOf(media);
  }

  /** A participant whose membership names the relay, at which there is no token service. */
  public ParticipantSpec(
      String name,
      String homeserver,
      String userId,
      String password,
      String deviceId,
      String relayHost,
      int relayPort,
      long clockStartMillis,
      double speed,
      String policy,
      long useKeyDelayMillis,
      String trust) {
    this(
        name,
        homeserver,
        userId,
        password,
        deviceId,
        relayHost,
        relayPort,
        clockStartMillis,
        speed,
        policy,
        useKeyDelayMillis,
        trust,
        relayService(relayHost, relayPort),
        List.of());
  }

  /** A participant that plays the built-in clips. */
  public ParticipantSpec(
      String name,
      String homeserver,
      String userId,
      String password,
      String deviceId,
      String relayHost,
      int relayPort,
      long clockStartMillis,
      double speed,
      String policy,
      long useKeyDelayMillis,
      String trust,
      String sfuService) {
    this(
        name,
        homeserver,
        userId,
        password,
        deviceId,
        relayHost,
        relayPort,
        clockStartMillis,
        speed,
        policy,
        useKeyDelayMillis,
        trust,
        sfuService,
        List.of());
  }

  /** What a membership names where the relay is all there is. */
  public static String relayService(String relayHost, int relayPort) {
    return "http://" + relayHost + ":" + relayPort;
  }

  /** The identity that its media travels under: {@code user:device}. */
  public String identity() {
    return userId + ":" + deviceId;
  }

  @Override
  public String toString() {
    return name + " (" + userId + " " + deviceId + ")";
  }
}
