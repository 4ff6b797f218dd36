/** Who hears of alarms in a placement: one channel an address. Services find the channels by their display names. */
import { DataGoogleMonitoringNotificationChannel } from "@cdktf/provider-google/lib/data-google-monitoring-notification-channel";
import { MonitoringNotificationChannel } from "@cdktf/provider-google/lib/monitoring-notification-channel";
import { Construct } from "constructs";
import { shortHash } from "../contract/names";
import type { Place } from "./network";

const displayName = ({ environment, placement }: Place, address: string): string =>
  `${environment.name}-${placement.region} ${address}`;

/** Addresses make no construct ids; a hash is the same wherever an address stands in the list. */
const idOf = (address: string): string => `email-${shortHash(address)}`;

export class AlarmChannel extends Construct {
  constructor(scope: Construct, id: string, place: Place) {
    super(scope, id);
    for (const address of place.placement.logs.alarmEmails)
      new MonitoringNotificationChannel(this, idOf(address), {
        displayName: displayName(place, address),
        type: "email",
        labels: { email_address: address },
        // Else an address could not go from the list before every service has left it out.
        forceDelete: true,
      });
  }
}

/** The channels as a service stack sees them. */
export class ExistingAlarmChannel extends Construct {
  readonly channels: readonly string[];

  constructor(scope: Construct, id: string, place: Place) {
    super(scope, id);
    this.channels = place.placement.logs.alarmEmails.map(
      (address) =>
        new DataGoogleMonitoringNotificationChannel(this, idOf(address), {
          displayName: displayName(place, address),
          type: "email",
        }).name,
    );
  }
}
