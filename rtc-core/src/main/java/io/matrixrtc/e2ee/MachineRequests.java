package io.matrixrtc.e2ee;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.matrixrtc.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Collects the requests of the machine's parts, and brings their ends back to the part that made
 * them. Each id belongs to one part; what no other part knows is a delivery's.
 */
final class MachineRequests {
  private final KeyUploads uploads;
  private final DeviceTracker tracker;
  private final KeysQueryAnswer keysAnswer;
  private final OwnListing ownListing;
  private final SessionClaims claims;
  private final Unwedging unwedging;
  private final CrossSigning crossSigning;
  private final RoomEncryption rooms;
  private final Deliveries deliveries;

  /** The parts of the machine that make requests, the two with names of their own left out. */
  record Parts(
      KeyUploads uploads,
      DeviceTracker tracker,
      KeysQueryAnswer keysAnswer,
      OwnListing ownListing,
      SessionClaims claims,
      Unwedging unwedging,
      Deliveries deliveries) {}

  MachineRequests(Parts parts, CrossSigning crossSigning, RoomEncryption rooms) {
    this.uploads = parts.uploads();
    this.tracker = parts.tracker();
    this.keysAnswer = parts.keysAnswer();
    this.ownListing = parts.ownListing();
    this.claims = parts.claims();
    this.unwedging = parts.unwedging();
    this.deliveries = parts.deliveries();
    this.crossSigning = crossSigning;
    this.rooms = rooms;
  }

  List<OutgoingRequest> wanted(Instant now) throws CryptoStoreException {
    List<OutgoingRequest> requests = new ArrayList<>();
    uploads.next(now).ifPresent(requests::add);
    requests.addAll(tracker.next(now));
    claims.next().ifPresent(requests::add);
    requests.addAll(crossSigning.requests(now));
    requests.addAll(rooms.requests(now));
    requests.addAll(deliveries.requests());
    return requests;
  }

  void onAnswer(String id, ObjectNode answer, Instant now) throws CryptoStoreException {
    if (uploads.isUnderWay(id)) {
      uploads.onAnswer(answer, now);
    } else if (tracker.isUnderWay(id)) {
      keysAnswer.take(answer, tracker.askedFor(id));
      crossSigning.onKeysQuery(answer, tracker.askedFor(id));
      tracker.onAnswer(id, answer, now);
    } else if (claims.isUnderWay(id)) {
      List<UserDevice> started = claims.onAnswer(answer, now);
      for (UserDevice device : unwedging.replaced(started)) {
        deliveries.sendOwn("m.dummy", Json.newObject(), device);
      }
    } else if (crossSigning.isUnderWay(id)) {
      tracker.signed(crossSigning.onAnswer(id, answer));
      keysAnswer.refreshOwnKeys();
    } else if (rooms.isUnderWay(id)) {
      rooms.onAnswer(id);
    } else {
      deliveries.onEnd(id, new DeliveryOutcome.Sent());
    }
    ownListing.onAnswer();
  }

  void onFailure(String id, RequestFailure failure, Instant now) throws CryptoStoreException {
    if (uploads.isUnderWay(id)) {
      uploads.onFailure(failure, now);
    } else if (tracker.isUnderWay(id)) {
      tracker.onFailure(id, now);
    } else if (claims.isUnderWay(id)) {
      claims.onFailure(now);
    } else if (crossSigning.isUnderWay(id)) {
      crossSigning.onFailure(id, failure, now);
    } else if (rooms.isUnderWay(id)) {
      rooms.onFailure(id, now);
    } else {
      deliveries.onEnd(id, new DeliveryOutcome.Failed(failure.reason()));
    }
  }

  Optional<Instant> nextDeadline(Instant now) {
    return Stream.of(
            deliveries.nextDeadline(now),
            tracker.nextDeadline(now),
            uploads.nextDeadline(now),
            crossSigning.nextDeadline(now),
            rooms.nextDeadline(now))
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }
}
