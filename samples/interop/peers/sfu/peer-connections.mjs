// The ends of the media paths, by werift: what they are able to do, and their session descriptions.
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RTP_EXTENSION_URI,
  RtcpPayloadSpecificFeedback,
  rtpHeaderExtensionsParser,
  useRepairedRtpStreamId,
  useSdesMid,
  useSdesRTPStreamId,
} from "werift";

const nack = { type: "nack" };
const pli = { type: "nack", parameter: "pli" };
const fir = { type: "ccm", parameter: "fir" };
const remb = { type: "goog-remb" };
const video = (mimeType, payloadType, parameters) =>
  new RTCRtpCodecParameters({ mimeType, payloadType, clockRate: 90000, parameters, rtcpFeedback: [nack, pli, fir, remb] });
const rtx = (payloadType, apt) =>
  new RTCRtpCodecParameters({ mimeType: "video/rtx", payloadType, clockRate: 90000, parameters: `apt=${apt}`, rtcpFeedback: [] });

const CODECS = {
  audio: [
    new RTCRtpCodecParameters({
      mimeType: "audio/opus",
      payloadType: 111,
      clockRate: 48000,
      channels: 2,
      parameters: "minptime=10;useinbandfec=1",
      rtcpFeedback: [],
    }),
  ],
  video: [
    video("video/VP8", 96),
    rtx(97, 96),
    video("video/VP9", 98, "profile-id=0"),
    rtx(99, 98),
    video("video/H264", 102, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"),
    rtx(103, 102),
  ],
};

/** What participants may publish, as the join response says it. */
export const PUBLISH_CODECS = ["audio/opus", "video/VP8", "video/VP9", "video/H264"];

/** A new peer connection that listens on one address of this machine. */
export function newPeerConnection(host) {
  const connection = new RTCPeerConnection({
    codecs: CODECS,
    // Chromium goes on to offer simulcast, and cannot without the identifiers of streams.
    headerExtensions: { audio: [useSdesMid()], video: [useSdesMid(), useSdesRTPStreamId(), useRepairedRtpStreamId()] },
    iceServers: [],
    iceUseIpv4: true,
    iceUseIpv6: false,
    iceInterfaceAddresses: { udp4: host },
    iceAdditionalHostAddresses: [host],
    bundlePolicy: "max-bundle",
  });
  takeStreamsByMid(connection);
  giveFeedbackToItsSender(connection);
  return connection;
}

/**
 * A browser that sends on the same connection puts the SSRC of something that it sends into its key
 * frame requests as their sender, which werift would take for the stream in question.
 */
function giveFeedbackToItsSender({ router }) {
  const route = router.routeRtcp;
  router.routeRtcp = (packet) => {
    const about = packet instanceof RtcpPayloadSpecificFeedback ? router.ssrcTable[packet.feedback.mediaSsrc] : undefined;
    if (about) about.handleRtcpPacket(packet);
    else route(packet);
  };
}

/**
 * Simulcast descriptions name no SSRC, and werift then looks for the stream's identifier, which is the
 * same one in every section. Here the section's identifier tells where a new SSRC belongs.
 */
function takeStreamsByMid(connection) {
  const { router } = connection;
  const route = router.routeRtp;
  router.routeRtp = (packet) => {
    const { header } = packet;
    if (!router.ssrcTable[header.ssrc]) {
      const values = rtpHeaderExtensionsParser(header.extensions, router.extIdUriMap);
      const mid = values[RTP_EXTENSION_URI.sdesMid];
      const repairs = values[RTP_EXTENSION_URI.repairedRtpStreamId] !== undefined;
      const transceiver = repairs ? undefined : connection.getTransceivers().find((one) => one.mid === mid);
      if (!transceiver) return;
      router.registerRtpReceiver(transceiver.receiver, header.ssrc);
      const { kind, codecs } = transceiver;
      transceiver.addTrack(new MediaStreamTrack({ ssrc: header.ssrc, kind, remote: true, codec: codecs[0] }));
    }
    header.extensions = header.extensions.filter(({ id }) => router.extIdUriMap[id] !== RTP_EXTENSION_URI.sdesRTPStreamID);
    route(packet);
  };
}

/**
 * An offer without simulcast: the answer then accepts one encoding, and what is forwarded is what
 * was sent. Choosing layers is not the business of a stand-in.
 */
export const withoutSimulcast = (sdp) => sdp.replace(/^a=(simulcast|rid):.*\r?\n/gm, "");

/** Takes a candidate of the other side; names are left out, as their owner is found by its own checks. */
export async function addCandidate(connection, candidate) {
  if (!candidate.candidate || / [^ ]+\.local /.test(candidate.candidate)) return;
  await connection.addIceCandidate(candidate);
}
