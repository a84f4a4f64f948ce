package io.matrixrtc.homeserver.keys;

import io.matrixrtc.homeserver.accounts.Devices;
import io.matrixrtc.homeserver.accounts.InteractiveAuth;
import io.matrixrtc.homeserver.accounts.Users;
import io.matrixrtc.homeserver.http.Endpoints;
import io.matrixrtc.homeserver.http.Routes;
import io.matrixrtc.homeserver.http.Session;
import io.matrixrtc.homeserver.rooms.Memberships;
import io.matrixrtc.homeserver.store.Foundation;
import io.matrixrtc.homeserver.store.Storage;
import io.matrixrtc.homeserver.todevice.ToDeviceInbox;

/** All that is about keys: its endpoints, and what other areas read. */
public final class KeyArea implements Endpoints {
  private final Storage storage;
  private final Users users;
  private final Devices devices;
  private final InteractiveAuth auth;
  private final DeviceKeys deviceKeys;
  private final OneTimeKeys oneTimeKeys;
  private final CrossSigningKeys crossSigning;
  private final Signatures signatures;
  private final DeviceLists deviceLists;
  private final DeviceListDelta delta;

  public KeyArea(
      Foundation foundation,
      Users users,
      Devices devices,
      InteractiveAuth auth,
      Memberships memberships) {
    this.storage = foundation.storage();
    this.users = users;
    this.devices = devices;
    this.auth = auth;
    this.deviceKeys = new DeviceKeys(foundation.storage());
    this.oneTimeKeys = new OneTimeKeys(foundation);
    this.crossSigning = new CrossSigningKeys(foundation.storage());
    this.signatures = new Signatures(foundation.storage());
    this.deviceLists = new DeviceLists(foundation, memberships);
    this.delta = new DeviceListDelta(deviceLists, memberships);
  }

  @Override
  public void addTo(Routes routes) {
    uploads().addTo(routes);
    new KeyQueryEndpoints(users, devices, deviceKeys, crossSigning, signatures, oneTimeKeys)
        .addTo(routes);
    new KeyChangesEndpoint(delta).addTo(routes);
    new CrossSigningEndpoints(auth, deviceKeys, crossSigning, signatures, deviceLists)
        .addTo(routes);
  }

  private KeyUploadEndpoint uploads() {
    return new KeyUploadEndpoint(deviceKeys, oneTimeKeys, signatures, deviceLists);
  }

  /** Devices that nobody is logged in as. */
  public Endpoints dehydratedDevices(ToDeviceInbox inbox) {
    return new DehydratedDeviceEndpoints(storage, devices, uploads(), inbox);
  }

  public OneTimeKeys oneTimeKeys() {
    return oneTimeKeys;
  }

  public DeviceListDelta delta() {
    return delta;
  }

  /** Deletes the keys of a deleted device, and tells those who knew them. */
  public void deviceDeleted(Session device) {
    oneTimeKeys.deviceDeleted(device);
    signatures.deviceDeleted(device);
    deviceKeys.remove(device);
    deviceLists.changed(device.userId());
  }

  /** The display name is part of what a query shows. */
  public void deviceRenamed(String userId) {
    deviceLists.changed(userId);
  }
}
