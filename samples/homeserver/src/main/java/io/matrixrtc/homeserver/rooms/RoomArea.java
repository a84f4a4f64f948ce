package io.matrixrtc.homeserver.rooms;

import io.matrixrtc.homeserver.accounts.Transactions;
import io.matrixrtc.homeserver.accounts.Users;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.store.Foundation;

/** All that is about rooms: its endpoints, and what other areas read. */
public final class RoomArea implements Endpoints {
  private final Events events;
  private final Memberships memberships;
  private final Rooms rooms;
  private final MemberEvents members;
  private final Visibility visibility;
  private final ClientEvents clientEvents;
  private final Aliases aliases;
  private final Users users;
  private final Transactions transactions;
  private final Foundation foundation;
  private final StickyEvents sticky;
  private final StickyLog stickyLog;

  public RoomArea(
      Foundation foundation, Users users, Transactions transactions, StickyEvents sticky) {
    this.foundation = foundation;
    this.users = users;
    this.transactions = transactions;
    this.events = new Events(foundation.storage());
    this.memberships = new Memberships(foundation.storage());
    this.rooms = new Rooms(foundation, events, memberships);
    this.members = new MemberEvents(rooms, memberships, users);
    this.visibility = new Visibility(events, memberships, foundation.time());
    this.stickyLog = new StickyLog(foundation.storage(), events, foundation.time());
    rooms.onEvent(stickyLog::append);
    this.clientEvents = new ClientEvents(events, foundation.time(), sticky);
    this.sticky = sticky;
    this.aliases = new Aliases(foundation.storage(), foundation.serverName());
  }

  @Override
  public void addTo(Routes routes) {
    new CreateRoomEndpoint(rooms, members, aliases, foundation).addTo(routes);
    new MembershipEndpoints(members, memberships, aliases).addTo(routes);
    new StateEndpoints(events, memberships, visibility, clientEvents).addTo(routes);
    new TimelineEndpoints(events, visibility, clientEvents).addTo(routes);
    new ContextEndpoint(events, visibility, clientEvents).addTo(routes);
    new RelationEndpoints(events.relations(), events, visibility, clientEvents).addTo(routes);
    new DirectoryEndpoints(aliases, memberships, foundation.serverName()).addTo(routes);
    new ProfileEndpoints(users, members).addTo(routes);
  }

  /** The endpoints that send; {@code later} takes what is not to be sent now. */
  public Endpoints sending(Postponement later) {
    return new SendEndpoints(rooms, transactions, sticky, later);
  }

  public Events events() {
    return events;
  }

  public Memberships memberships() {
    return memberships;
  }

  public Rooms rooms() {
    return rooms;
  }

  public MemberEvents members() {
    return members;
  }

  public Visibility visibility() {
    return visibility;
  }

  public StickyLog stickyLog() {
    return stickyLog;
  }

  public StickyEvents stickyEvents() {
    return sticky;
  }

  public ClientEvents clientEvents() {
    return clientEvents;
  }
}
