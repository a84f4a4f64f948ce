package io.matrixrtc.session;

/**
 * What a session has counted since it was made.
 *
 * @param keysSent rotations and first keys that were offered to at least one member
 * @param keysServed confirmed deliveries of an own key to one member
 * @param keysReceived keys of members that came into use
 * @param maxMembers the most members at one time
 * @param requests answers to requests about the own membership
 * @param failedRequests those among them that were no success
 * @param membershipsLost how often the own membership was gone though this device had not left
 * @param timesProbablyLeft how often the server had most likely sent the leave
 */
public record SessionStatistics(
    long keysSent,
    long keysServed,
    long keysReceived,
    int maxMembers,
    long requests,
    long failedRequests,
    long membershipsLost,
    long timesProbablyLeft) {}
