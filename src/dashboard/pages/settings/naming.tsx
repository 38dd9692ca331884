import { useAction, useSetting } from '../../api/action.ts';
import { Field, FormPanel } from '../../ui/form-panel.tsx';

interface PeopleSettings {
  mailDomains: readonly string[];
  pseudonyms: boolean;
  version: number;
}

/** Whether reports say who it was, and whose keys without an address are. */
export function Naming() {
  const { data } = useSetting<PeopleSettings>('settings').query;
  const put = useAction();
  if (!data) return null;
  return (
    <FormPanel
      key={data.version}
      title="Names"
      note="With names hidden, reports call everybody but the reader by a made-up name that stays the same."
      submit="Save"
      busy={put.isPending}
      error={put.error}
      send={({ pseudonyms, mailDomains }) =>
        put.mutate({
          method: 'PUT',
          path: 'settings',
          body: {
            pseudonyms: pseudonyms !== undefined,
            mailDomains: mailDomains === undefined ? [] : mailDomains.split(',').map((one) => one.trim()),
            version: data.version,
          },
        })
      }
      {...(put.isSuccess ? { result: <p role="status">Saved.</p> } : {})}
    >
      <label className="check">
        <input type="checkbox" name="pseudonyms" defaultChecked={data.pseudonyms} />
        Hide names in reports
      </label>
      <Field name="mailDomains" label="Mail domains of keys without an address" initial={data.mailDomains.join(', ')} />
    </FormPanel>
  );
}
