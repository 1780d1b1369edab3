/** What can be tried out, as an item of a list: it goes on after the words "What if". */
import { l10n } from 'vscode';
import type { WhatIf } from '../../../protocol/what-if';

export function whatIfText(action: WhatIf): string {
  switch (action) {
    case 'kill': return l10n.t('… its process is killed');
    case 'stopUnit': return l10n.t('… systemd stops it');
    case 'startUnit': return l10n.t('… systemd starts it again');
    case 'dropMessage': return l10n.t('… the next message that it sends is lost');
    case 'fillDatabase': return l10n.t('… its database is full');
    case 'freeDatabase': return l10n.t('… its database is compacted, defragmented and disarmed');
    case 'cordon': return l10n.t('… it is cordoned');
    case 'uncordon': return l10n.t('… it is uncordoned');
    case 'cutLink': return l10n.t('… the network to the control plane is cut');
    case 'healLink': return l10n.t('… the network to the control plane is healed');
    case 'fillDisk': return l10n.t('… its disk is full');
    case 'freeDisk': return l10n.t('… its disk is free again');
    case 'powerOff': return l10n.t('… the power fails');
    case 'powerOn': return l10n.t('… the power is back');
  }
}
