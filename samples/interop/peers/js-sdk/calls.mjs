// Commands of a js-sdk peer about the memberships of a call, without media keys: the SDK's own
// MatrixRTCSession in either membership mode.
import { randomUUID } from "node:crypto";

export const callCommands = (client, joinedRoom, print) => {
  let session;
  const sessionOf = async (room) => (session ??= client().matrixRTC.getRoomSession(await joinedRoom(room)));

  return {
    /** Joins, as a state event or as a sticky event. */
    async joinMembers({ room, sticky, intent }) {
      const call = await sessionOf(room);
      const [userId, deviceId] = [client().getUserId(), client().getDeviceId()];
      const transport = { type: "livekit", livekit_service_url: "http://127.0.0.1:1", livekit_alias: room };
      call.removeAllListeners("membership_manager_error");
      call.on("membership_manager_error", (error) => print({ event: "membership-error", text: String(error) }));
      const memberId = sticky ? randomUUID() : `${userId}:${deviceId}`;
      call.joinRTCSession({ userId, deviceId, memberId }, [transport], transport, {
        manageMediaKeys: false,
        unstableSendStickyEvents: sticky,
        callIntent: intent,
        delayedLeaveEventDelayMs: 4000,
        delayedLeaveEventRestartMs: 1000,
        networkErrorRetryMs: 200,
      });
      while (call.membershipStatus !== "Connected") {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return {};
    },

    async leaveMembers({ room }) {
      return { left: await (await sessionOf(room)).leaveRoomSession(20000) };
    },

    async updateIntent({ room, intent }) {
      await (await sessionOf(room)).updateCallIntent(intent);
      return {};
    },

    /** Who is in the call, in the SDK's order. */
    async members({ room }) {
      const call = await sessionOf(room);
      await call.ensureRecalculateSessionMembers();
      return {
        consensus: call.getConsensusCallIntent() ?? "",
        members: call.memberships.map((one) => ({
          user: one.userId,
          device: one.deviceId,
          member: one.memberId,
          created: one.createdTs(),
          intent: one.callIntent ?? "",
          identity: one.rtcBackendIdentity,
        })),
      };
    },
  };
};
