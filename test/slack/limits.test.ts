import { expect, test } from '@jest/globals';
import {
  blockLimits,
  channelLimits,
  elementLimits,
  messageLimits,
  objectLimits,
  pageLimits,
  timeLimits,
  viewLimits,
} from '../../src/slack/limits.ts';

const limits = {
  messageLimits,
  viewLimits,
  blockLimits,
  elementLimits,
  objectLimits,
  channelLimits,
  pageLimits,
  timeLimits,
};

/**
 * The bot and the sandbox share the numbers, so a wrong one would agree with itself. Here each is written down a second
 * time, beside the section of Slack's rules it was taken from.
 */
const rules: [group: keyof typeof limits, name: string, value: number, section: string][] = [
  ['messageLimits', 'blocks', 50, '5.1 containers'],
  ['messageLimits', 'blocksTextFails', 13_200, '5.1 containers'],
  ['messageLimits', 'blocksTextBudget', 10_000, '5.1 containers'],
  ['messageLimits', 'textRecommended', 4_000, '5.1 containers'],
  ['messageLimits', 'textTruncated', 40_000, '5.1 containers'],
  ['messageLimits', 'updateText', 4_000, '3.2 method cards'],
  ['messageLimits', 'markdownText', 12_000, '5.1 containers'],
  ['messageLimits', 'attachments', 100, '5.1 containers'],
  ['messageLimits', 'metadataBytes', 8_000, '5.1 containers'],
  ['viewLimits', 'blocks', 100, '5.1 containers'],
  ['viewLimits', 'title', 24, '5.1 containers'],
  ['viewLimits', 'submit', 24, '5.1 containers'],
  ['viewLimits', 'close', 24, '5.1 containers'],
  ['viewLimits', 'privateMetadata', 3_000, '5.1 containers'],
  ['viewLimits', 'callbackId', 255, '5.1 containers'],
  ['viewLimits', 'externalId', 255, '5.1 containers'],
  ['viewLimits', 'stack', 3, '5.1 containers'],
  ['viewLimits', 'bytes', 250_000, '5.1 containers'],
  ['blockLimits', 'blockId', 255, '5.1 containers'],
  ['blockLimits', 'sectionText', 3_000, '5.2 blocks'],
  ['blockLimits', 'sectionFields', 10, '5.2 blocks'],
  ['blockLimits', 'sectionFieldText', 2_000, '5.2 blocks'],
  ['blockLimits', 'headerText', 150, '5.2 blocks'],
  ['blockLimits', 'contextElements', 10, '5.2 blocks'],
  ['blockLimits', 'actionsElements', 25, '5.2 blocks'],
  ['blockLimits', 'imageAltText', 2_000, '5.2 blocks'],
  ['blockLimits', 'imageTitle', 2_000, '5.2 blocks'],
  ['blockLimits', 'imageUrl', 3_000, '5.2 blocks'],
  ['blockLimits', 'inputLabel', 2_000, '5.2 blocks'],
  ['blockLimits', 'inputHint', 2_000, '5.2 blocks'],
  ['blockLimits', 'tableRows', 100, '5.2 blocks'],
  ['blockLimits', 'tableColumns', 20, '5.2 blocks'],
  ['blockLimits', 'tableText', 10_000, '5.2 blocks'],
  ['blockLimits', 'tables', 1, '5.2 blocks'],
  ['elementLimits', 'actionId', 255, '5.1 containers'],
  ['elementLimits', 'buttonText', 75, '5.3 elements'],
  ['elementLimits', 'buttonValue', 2_000, '5.3 elements'],
  ['elementLimits', 'buttonUrl', 3_000, '5.3 elements'],
  ['elementLimits', 'accessibilityLabel', 75, '5.3 elements'],
  ['elementLimits', 'placeholder', 150, '5.3 elements'],
  ['elementLimits', 'selectOptions', 100, '5.3 elements'],
  ['elementLimits', 'selectOptionGroups', 100, '5.3 elements'],
  ['elementLimits', 'overflowOptions', 5, '5.3 elements'],
  ['elementLimits', 'checkboxOptions', 10, '5.3 elements'],
  ['elementLimits', 'radioOptions', 10, '5.3 elements'],
  ['elementLimits', 'inputLength', 3_000, '5.3 elements'],
  ['elementLimits', 'fileInputFiles', 10, '5.3 elements'],
  ['objectLimits', 'text', 3_000, '5.4 objects'],
  ['objectLimits', 'optionText', 75, '5.4 objects'],
  ['objectLimits', 'optionValue', 150, '5.4 objects'],
  ['objectLimits', 'optionDescription', 75, '5.4 objects'],
  ['objectLimits', 'optionUrl', 3_000, '5.4 objects'],
  ['objectLimits', 'optionGroupLabel', 75, '5.4 objects'],
  ['objectLimits', 'confirmTitle', 100, '5.4 objects'],
  ['objectLimits', 'confirmText', 300, '5.4 objects'],
  ['objectLimits', 'confirmConfirm', 30, '5.4 objects'],
  ['objectLimits', 'confirmDeny', 30, '5.4 objects'],
  ['channelLimits', 'name', 80, '4 channels and people'],
  ['channelLimits', 'topic', 250, '4 channels and people'],
  ['channelLimits', 'purpose', 250, '4 channels and people'],
  ['channelLimits', 'inviteUsers', 100, '3.2 method cards'],
  ['channelLimits', 'bookmarks', 100, '3.2 method cards'],
  ['channelLimits', 'fileChannels', 100, '3.2 method cards'],
  ['pageLimits', 'history', 999, '3.2 method cards'],
  ['pageLimits', 'defaultRows', 100, '3.2 method cards'],
  ['pageLimits', 'list', 999, '3.2 method cards'],
  ['pageLimits', 'replies', 1_000, '3.2 method cards'],
  ['timeLimits', 'ackMs', 3_000, '1.1 acks'],
  ['timeLimits', 'triggerMs', 3_000, '1.1 acks'],
  ['timeLimits', 'responseUrlMs', 1_800_000, '1.1 acks'],
  ['timeLimits', 'responseUrlUses', 5, '1.1 acks'],
  ['timeLimits', 'signatureSkewMs', 300_000, '1.2 request signing'],
];

test.each(rules)('Slack says %s.%s is %i (%s)', (group, name, value) => {
  expect(new Map(Object.entries(limits[group])).get(name)).toBe(value);
});

test('every limit is pinned to a section of the rules', () => {
  const named = Object.entries(limits).flatMap(([group, held]) => Object.keys(held).map((name) => `${group}.${name}`));
  expect(rules.map(([group, name]) => `${group}.${name}`).sort()).toEqual(named.sort());
});
