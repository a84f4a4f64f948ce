package io.matrixrtc.homeserver;

import io.matrixrtc.homeserver.accounts.AccountData;
import io.matrixrtc.homeserver.accounts.AccountDataEndpoints;
import io.matrixrtc.homeserver.accounts.DeviceEndpoints;
import io.matrixrtc.homeserver.accounts.Devices;
import io.matrixrtc.homeserver.accounts.FilterEndpoints;
import io.matrixrtc.homeserver.accounts.Filters;
import io.matrixrtc.homeserver.accounts.InteractiveAuth;
import io.matrixrtc.homeserver.accounts.LoginEndpoints;
import io.matrixrtc.homeserver.accounts.OpenIdEndpoints;
import io.matrixrtc.homeserver.accounts.PushRuleEndpoints;
import io.matrixrtc.homeserver.accounts.RegisterEndpoints;
import io.matrixrtc.homeserver.accounts.Transactions;
import io.matrixrtc.homeserver.accounts.Users;
import io.matrixrtc.homeserver.backup.BackupControl;
import io.matrixrtc.homeserver.backup.BackupEndpoints;
import io.matrixrtc.homeserver.delayed.DelayedEventEndpoints;
import io.matrixrtc.homeserver.delayed.DelayedEvents;
import io.matrixrtc.homeserver.ephemeral.EphemeralEndpoints;
import io.matrixrtc.homeserver.ephemeral.Receipts;
import io.matrixrtc.homeserver.ephemeral.Typing;
import io.matrixrtc.homeserver.faults.SyncGate;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.keys.KeyArea;
import io.matrixrtc.homeserver.media.MediaEndpoints;
import io.matrixrtc.homeserver.rooms.RoomArea;
import io.matrixrtc.homeserver.rtc.TransportEndpoints;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.News;
import io.matrixrtc.homeserver.store.RandomIds;
import io.matrixrtc.homeserver.store.StateThread;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.store.StreamPositions;
import io.matrixrtc.homeserver.sync.SyncArea;
import io.matrixrtc.homeserver.todevice.SendToDeviceEndpoint;
import io.matrixrtc.homeserver.todevice.ToDeviceInbox;
import java.util.List;
import java.util.function.Supplier;

/** Puts the areas of the server together. A new group of endpoints is one line here. */
record Assembly(Routes routes, Devices devices, DelayedEvents delayedEvents) {

  static Assembly of(
      HomeserverConfig config,
      Storage storage,
      StateThread state,
      SyncGate gate,
      BackupControl backups,
      Supplier<String> baseUrl) {
    RandomIds ids = new RandomIds();
    Foundation foundation =
        new Foundation(
            storage,
            new StreamPositions(storage),
            new News(state),
            config.time(),
            ids,
            config.serverName());

    Users users = new Users(storage, config.serverName(), ids);
    Devices devices = new Devices(foundation);
    InteractiveAuth auth = new InteractiveAuth(users, ids);
    Transactions transactions = new Transactions(storage);
    AccountData accountData = new AccountData(foundation);
    Filters filters = new Filters(storage);
    RoomArea rooms = new RoomArea(foundation, users, transactions, config.stickyEvents());
    DelayedEvents delayed =
        new DelayedEvents(foundation, state, rooms.rooms(), config.delayedEvents());
    KeyArea keys = new KeyArea(foundation, users, devices, auth, rooms.memberships());
    Typing typing = new Typing(foundation, state, rooms.memberships());
    Receipts receipts = new Receipts(foundation, rooms.memberships());
    ToDeviceInbox inbox = new ToDeviceInbox(foundation);

    devices.onDeletion(transactions::deviceDeleted);
    devices.onDeletion(inbox::deviceDeleted);
    devices.onDeletion(keys::deviceDeleted);

    LoginEndpoints login =
        new LoginEndpoints(users, devices, ids, config.serverName(), config.refreshableLifetime());
    List<Endpoints> all =
        List.of(
            new DiscoveryEndpoints(baseUrl, config),
            new EmptyEndpoints(),
            login,
            new RegisterEndpoints(users, login, auth, ids, config.registrationOpen()),
            new DeviceEndpoints(devices, auth, keys::deviceRenamed),
            new FilterEndpoints(filters),
            new AccountDataEndpoints(accountData),
            new PushRuleEndpoints(accountData),
            new OpenIdEndpoints(foundation),
            rooms,
            rooms.sending(delayed::postpone),
            new DelayedEventEndpoints(delayed, transactions, config.stickyEvents()),
            keys,
            new TransportEndpoints(config.rtcTransports()),
            new BackupEndpoints(foundation, state, config.backup(), backups),
            new MediaEndpoints(foundation, config.media()),
            new EphemeralEndpoints(typing, receipts, accountData, rooms),
            new SendToDeviceEndpoint(inbox, devices, transactions),
            new SyncArea(
                foundation,
                state,
                gate,
                rooms,
                keys,
                inbox,
                accountData,
                typing,
                receipts,
                filters,
                devices));
    Routes routes = new Routes();
    all.forEach(endpoints -> endpoints.addTo(routes));
    if (config.dehydratedDevices()) { // HS-DEHY-OFF
      keys.dehydratedDevices(inbox).addTo(routes);
    }
    // HS-DELAY-PERSIST: before the first request.
    state.run(delayed::start);
    return new Assembly(routes, devices, delayed);
  }
}
