/** Commands that move a channel's pointer. */
import { channelSchema, type Channel } from "../../images/channel";
import { jsonText } from "../../images/json-file";
import { channelFile, imageOf, lookupIn, versionOf, type Catalog } from "../../images/load";
import { pin, promote, rollback, type ChannelView } from "../../images/promotion";
import { BY, type ImageCommand, type Input, type Outcome } from "./command";
import { refuseUnsigned } from "./provenance-command";

const view = (catalog: Catalog, image: string): ChannelView => ({
  policy: catalog.policy,
  lookup: lookupIn(catalog),
  channels: imageOf(catalog, image).channels,
});

function moved(input: Input, channel: Channel, text: string): Outcome {
  return {
    text: `${channel.image} ${channel.channel}: ${text}`,
    json: channel,
    write: [{ file: channelFile(input.folder, channel), text: jsonText(channelSchema, channel) }],
  };
}

const arrow = ({ version, previous }: Channel) => `${previous[0]?.version ?? "nothing"} → ${version}`;

export const promoteCommand: ImageCommand = {
  summary: "Points a channel at a version, when policy.json allows it.",
  args: ["image", "version", "channel"],
  options: {
    first: { help: "begin a channel that never had a version, without waiting for its soak time; needs --reason" },
    ...BY,
  },
  run(input) {
    const catalog = input.catalog();
    const record = versionOf(catalog, input.arg("image"), input.arg("version"));
    const channel = promote(record, input.arg("channel"), view(catalog, record.image), input.act(), input.on("first"));
    refuseUnsigned(catalog, record, channel.channel);
    return moved(input, channel, arrow(channel));
  },
};

export const rollbackCommand: ImageCommand = {
  summary: "Points a channel at its latest earlier version that may still run.",
  args: ["image", "channel"],
  options: { to: { value: "VERSION", help: "an earlier version of the channel" }, ...BY },
  run(input) {
    const image = input.arg("image");
    const catalog = input.catalog();
    const channel = rollback(image, input.arg("channel"), input.text("to"), view(catalog, image), input.act());
    refuseUnsigned(catalog, versionOf(catalog, image, channel.version), channel.channel);
    return moved(input, channel, arrow(channel));
  },
};

const pinning = (pinned: boolean, summary: string): ImageCommand => ({
  summary,
  args: ["image", "channel"],
  options: BY,
  run(input) {
    const image = input.arg("image");
    const channel = pin(image, input.arg("channel"), pinned, view(input.catalog(), image), input.act());
    return moved(input, channel, `${pinned ? "pinned to" : "no longer pinned to"} ${channel.version}`);
  },
});

export const pinCommand = pinning(true, "Holds a channel where it is.");
export const unpinCommand = pinning(false, "Lets a channel move again.");
